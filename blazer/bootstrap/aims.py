"""What the project set out to reach, and whether it did. Computed, never written by hand; misses stay.

An aim counts as reached by the measured figure; the 95 % interval beside it says how sure that is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from blazer.core.errors import UnknownNameError
from blazer.core.outcomes import Outcome
from blazer.core.records import Record
from blazer.eval.evaluation.compare import compare, compare_failures
from blazer.eval.evaluation.episodes import EpisodeResult
from blazer.eval.evaluation.result import Difference, ModelResult
from blazer.tasks.library import task_names

LEAST_N = 100
"""Fewer layouts than these make nothing sure, however their interval looks."""
PROTOCOL_SEEDS = 100
"""The study's protocol: so many held-out seeds of each task of the training pool."""
FRAGILE = "fragile"
"""Lesson of a pair whose rejected side is a success that holds on fewer layouts."""
Episodes = Mapping[str, Sequence[EpisodeResult]]


class Aim(Record):
    """One aim."""

    name: str
    text: str
    """What was to be reached, in words."""
    reached: bool
    sure: bool
    """The whole 95 % interval lies on the right side, has a width, and is of enough layouts."""
    measured: float
    low: float | None
    high: float | None
    n: int
    demanded: int
    """What n is by the study's protocol; a few may be undecided."""
    protocol: bool
    """Measured by it: otherwise the figure is of this run and the aim as stated is open."""
    unit: str
    """`points`, `percent` or `minutes`."""
    remark: str = ""


def aims_of(
    models: Mapping[str, ModelResult],
    episodes: Episodes,
    tasks: Sequence[str],
    shown: frozenset[Outcome],
    *,
    seeds_each: int,
    seed: int,
    resamples: int,
) -> list[Aim]:
    """The aims for the models that are there.

    Args:
        models: Name -> result.
        episodes: Of the same evaluation.
        tasks: Of the same evaluation.
        shown: Ways of failing that the preference data held.
        seeds_each: Evaluated seeds of each task.
        seed: Of bootstrap intervals.
        resamples: Of bootstrap intervals.
    """
    asked = _Asked(tasks, seeds_each)
    found: list[Aim] = []
    if {"teacher", "sft"} <= models.keys():
        gap = compare("teacher", "sft", episodes, tasks, seed=seed, resamples=resamples).strict
        text = "the SFT student is at least 10 points of strict success above its teacher"
        found.append(_points("sft_above_teacher", text, gap, 0.10, asked))
    if "sft" in models:
        found.append(_above_ninety(models["sft"], asked))
    if {"sft", "dpo"} <= models.keys():
        gap = compare("sft", "dpo", episodes, tasks, seed=seed, resamples=resamples).strict
        text = "the DPO student is not below the SFT student on average"
        found.append(_points("dpo_not_below_sft", text, gap, 0.0, asked))
        found.append(_fewer_failures(episodes, asked, shown, seed, resamples))
    return found


class _Asked:
    """What was evaluated, beside what the protocol asks for."""

    def __init__(self, tasks: Sequence[str], seeds_each: int) -> None:
        self.tasks = tuple(tasks)
        pool = task_names("train")
        self.protocol = set(tasks) == set(pool) and seeds_each >= PROTOCOL_SEEDS
        self.demanded = len(pool) * PROTOCOL_SEEDS


def _points(name: str, text: str, gap: Difference, least: float, asked: _Asked) -> Aim:
    remark = f"better on {gap.only_second} layouts, worse on {gap.only_first}; exact p {gap.p_value:.2g}"
    if not gap.only_first and not gap.only_second:
        remark = "no layout differs: the two did equally well on every one, which tells nothing of either"
    return Aim(
        name=name, text=text, reached=gap.difference >= least - 1e-9,
        sure=_tells(gap) and gap.low >= least,
        measured=100 * gap.difference, low=100 * gap.low, high=100 * gap.high, n=gap.n,
        demanded=asked.demanded, protocol=asked.protocol, unit="points", remark=remark,
    )  # fmt: skip


def _tells(gap: Difference) -> bool:
    """Whether an interval says something: one without width is of layouts that all agree."""
    return gap.high > gap.low and gap.n >= LEAST_N


def _above_ninety(sft: ModelResult, asked: _Asked) -> Aim:
    return Aim(
        name="sft_above_90", text="the SFT student succeeds strictly in more than 90 % of episodes",
        reached=sft.success_strict > 0.9, sure=sft.ci_low > 0.9 and sft.n >= LEAST_N,
        measured=100 * sft.success_strict, low=100 * sft.ci_low, high=100 * sft.ci_high, n=sft.n,
        demanded=asked.demanded, protocol=asked.protocol, unit="percent",
    )  # fmt: skip


def _fewer_failures(
    episodes: Episodes, asked: _Asked, shown: frozenset[Outcome], seed: int, resamples: int
) -> Aim:
    kinds = ", ".join(sorted(kind.value for kind in shown)) or "none"
    text = f"the DPO student fails less often than the SFT student in the ways it was shown ({kinds})"
    gap = compare_failures("sft", "dpo", episodes, asked.tasks, shown, seed=seed, resamples=resamples)
    remark = f"{100 * gap.first:.2f} % of SFT's episodes, {100 * gap.second:.2f} % of DPO's"
    failed = {e.outcome for name in ("sft", "dpo") for e in episodes[name]} - {Outcome.SUCCESS}
    if failed and failed <= shown:
        remark += "; these are all the ways in which either failed, so this is the aim above once more"
    if gap.first == 0.0:
        remark += "; there was nothing left to be fewer than"
    elif not gap.only_first and not gap.only_second:
        remark += "; no layout differs"
    return Aim(
        name="dpo_fewer_shown_failures", text=text, reached=gap.difference < 0,
        sure=_tells(gap) and gap.high < 0, measured=100 * gap.difference, low=100 * gap.low,
        high=100 * gap.high, n=gap.n, demanded=asked.demanded, protocol=asked.protocol, unit="points",
        remark=remark,
    )  # fmt: skip


def in_budget(wall_s: float, budget_s: float, *, protocol: bool = True, whole: bool = True) -> Aim:
    """Whether the main part kept its time.

    Args:
        wall_s: Of its steps so far.
        budget_s: What they may take.
        protocol: The evaluation is that of the study's protocol, which takes most of the time.
        whole: All its steps are done.
    """
    return Aim(
        name="main_in_time", text=f"the main part takes at most {budget_s / 60:.0f} minutes",
        reached=whole and wall_s <= budget_s, sure=True, measured=wall_s / 60, low=None, high=None, n=1,
        demanded=1, protocol=protocol, unit="minutes",
        remark="wall time of its steps together, interrupted tries included"
        + ("" if whole else "; steps are left"),
    )  # fmt: skip


def outcomes_of(names: Mapping[str, object]) -> frozenset[Outcome]:
    """Ways of failing by name of a pair's lesson; a success rejected for a more robust one is none.

    Raises:
        UnknownNameError: for a name that is no lesson.
    """
    known = {FRAGILE, *(outcome.value for outcome in Outcome)}
    for name in names:
        if name not in known:
            raise UnknownNameError("lesson", name, known)
    return frozenset(Outcome(name) for name in names if name != FRAGILE) - {Outcome.SUCCESS}
