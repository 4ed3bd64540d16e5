"""Running, going on, scoring: on fakes, so that every fate can be chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from blazer.agents.opening import OpenRun
from blazer.core.errors import UnknownNameError
from blazer.core.outcomes import Outcome
from blazer.eval.evaluation.episodes import read_episodes
from blazer.eval.evaluation.errors import EmptyEvaluation, EvaluationError, UnfinishedEvaluation
from blazer.eval.evaluation.evaluate import evaluate, groups_of, read_evaluation
from blazer.eval.evaluation.result import EPISODES, Evaluation
from blazer.eval.evaluation.settings import EvalModel, EvalSettings
from blazer.eval.intervals import wilson
from tests.eval.evaluation.fakes import START, TASKS, Bench, Crash, Fate, settings

GOOD, BAD, BROKEN = Outcome.SUCCESS, Outcome.GOAL_NOT_MET, Outcome.INFRA_ERROR


async def run(fate: Fate, out: Path, asked: EvalSettings | None = None) -> tuple[Evaluation, Bench]:
    bench = Bench(fate)
    return await evaluate(asked or settings(), bench.open_run, out), bench


def by_seed(model: str, task: str, seed: int, sample: int) -> Outcome:
    """`a` succeeds on one seed in four, `b` on three; `drop_block` collides for both on the first."""
    place = seed - START
    if task == "drop_block" and place == 0:
        return Outcome.COLLISION
    return GOOD if place % 4 < {"a": 1, "b": 3}[model] else BAD


async def test_rates_intervals_and_failures(tmp_path: Path) -> None:
    found, _ = await run(by_seed, tmp_path, settings(seeds=8))
    a, b = found.model("a"), found.model("b")
    assert (a.tasks["lift_block"].success_strict, a.tasks["drop_block"].success_strict) == (0.25, 0.125)
    assert (a.success_strict, a.n) == (0.1875, 16)
    assert a.pooled_strict == a.success_strict
    known = wilson(3, 16)
    assert (a.ci_low, a.ci_high) == (pytest.approx(known.low), pytest.approx(known.high))
    assert b.failures == {Outcome.GOAL_NOT_MET: 4, Outcome.COLLISION: 1}
    assert a.tokens_per_success == 220 * 16 / 3, "planner and coder, failed episodes included"
    assert a.wall_s is not None and a.wall_s_per_success == a.wall_s / 3
    assert found == read_evaluation(tmp_path)
    episodes = read_episodes(tmp_path / EPISODES)
    assert {name: len(some) for name, some in episodes.items()} == {"a": 16, "b": 16}


async def test_all_models_get_the_same_layouts(tmp_path: Path) -> None:
    _, bench = await run(by_seed, tmp_path)
    layouts = {name: {(task, seed) for model, task, seed in bench.ran if model == name} for name in "ab"}
    assert layouts["a"] == layouts["b"] == {(task, START + i) for task in TASKS for i in range(4)}


async def test_the_comparison_is_paired(tmp_path: Path) -> None:
    found, _ = await run(by_seed, tmp_path)
    compared = found.comparison("a", "b")
    assert compared.test == "mcnemar_exact"
    assert (compared.strict.only_first, compared.strict.only_second, compared.strict.n) == (0, 4, 8)
    assert compared.strict.p_value == 2 / 2**4
    assert compared.strict.difference == pytest.approx(0.5)
    assert compared.strict.low <= 0.5 <= compared.strict.high
    collided = compared.failures[Outcome.COLLISION]
    assert (collided.first, collided.second, collided.difference) == (0.125, 0.125, 0.0)
    assert compared.failures[BAD].difference == pytest.approx(-0.5)


async def test_the_same_call_again_runs_nothing(tmp_path: Path) -> None:
    first, _ = await run(by_seed, tmp_path)
    again, bench = await run(by_seed, tmp_path)
    assert bench.opened == [] and bench.ran == []
    assert again.model_copy(update={"created_at": first.created_at}) == first


async def test_another_model_is_added_without_running_the_others(tmp_path: Path) -> None:
    await run(by_seed, tmp_path)
    fate: Fate = lambda model, task, seed, sample: GOOD  # noqa: E731
    found, bench = await run(fate, tmp_path, settings("a", "b", "c"))
    assert bench.opened == ["c"]
    assert found.model("c").success_strict == 1.0
    assert found.model("a").success_strict < 1.0


async def test_more_seeds_extend_a_run(tmp_path: Path) -> None:
    await run(by_seed, tmp_path)
    found, bench = await run(by_seed, tmp_path, settings(seeds=6))
    assert len(bench.ran) == 2 * 2 * 2
    assert found.model("a").n == 12
    fewer, bench = await run(by_seed, tmp_path, settings(seeds=2))
    assert (fewer.model("a").n, bench.ran) == (4, [])


async def test_a_crash_loses_nothing(tmp_path: Path) -> None:
    whole, _ = await run(by_seed, tmp_path / "whole", settings(seeds=6))
    crashes = 0
    for after in (1, 5, 9):
        bench = Bench(by_seed, crash_after=after)
        with pytest.raises(BaseExceptionGroup) as caught:
            await evaluate(settings(seeds=6), bench.open_run, tmp_path / "cut")
        crashes += caught.group_contains(Crash)
        with pytest.raises(EvaluationError, match="no evaluation"):
            read_evaluation(tmp_path / "cut")
    assert crashes == 3
    found, bench = await run(by_seed, tmp_path / "cut", settings(seeds=6))
    assert 0 < len(bench.ran) < 24
    changes = {"run_id", "wall_s", "wall_s_per_success", "sandbox_s_per_success"}
    assert [m.model_dump(exclude=changes) for m in found.models] == [
        m.model_dump(exclude=changes) for m in whole.models
    ]
    assert found.comparisons == whole.comparisons


async def test_what_the_infrastructure_failed_is_in_no_rate_and_tried_again(tmp_path: Path) -> None:
    def fate(model: str, task: str, seed: int, sample: int) -> Outcome:
        return BROKEN if (model, task, seed) == ("b", "lift_block", START) else by_seed(model, task, seed, 0)

    found, _ = await run(fate, tmp_path)
    b = found.model("b")
    assert (b.undecided, b.n) == (1, 7)
    assert (b.tasks["lift_block"].undecided, b.tasks["lift_block"].n) == (1, 3)
    assert b.tasks["lift_block"].success_strict == pytest.approx(2 / 3)
    assert b.success_strict == pytest.approx((2 / 3 + 2 / 4) / 2)
    assert b.pooled_strict == pytest.approx(4 / 7)
    assert Outcome.INFRA_ERROR not in b.failures
    compared = found.comparison("a", "b")
    assert (compared.strict.n, compared.unpaired) == (7, 1)
    assert any("1 episodes are undecided" in note for note in found.notes)
    assert any("mean over tasks is 58.3 %" in note for note in found.notes)
    healed, bench = await run(by_seed, tmp_path)
    assert bench.opened == ["b"] and bench.ran == [("b", "lift_block", START)]
    assert healed.model("b").undecided == 0 and healed.model("b").n == 8
    assert not healed.notes


async def test_nothing_decided_is_an_error_and_not_zero(tmp_path: Path) -> None:
    def fate(model: str, task: str, seed: int, sample: int) -> Outcome:
        return BROKEN if (model, task) == ("b", "drop_block") else GOOD

    with pytest.raises(EmptyEvaluation, match=r"task drop_block was decided for model b \(4 undecided\)"):
        await run(fate, tmp_path)
    with pytest.raises(EvaluationError, match="no evaluation"):
        read_evaluation(tmp_path)


async def test_a_run_that_stopped_is_told_and_goes_on(tmp_path: Path) -> None:
    fate: Fate = lambda model, task, seed, sample: BROKEN  # noqa: E731
    with pytest.raises(UnfinishedEvaluation, match=r"episodes left: .*infrastructure.*same command goes on"):
        await run(fate, tmp_path, settings(seeds=20))
    found, _ = await run(by_seed, tmp_path, settings(seeds=20))
    assert found.model("a").n == 40


async def test_pass_at_k_from_samples(tmp_path: Path) -> None:
    def fate(model: str, task: str, seed: int, sample: int) -> Outcome:
        if model == "a":
            return GOOD if sample == (seed - START) % 4 else BAD
        return GOOD if seed % 2 else BAD

    found, _ = await run(fate, tmp_path, settings(samples=4))
    a, b = found.model("a"), found.model("b")
    assert a.pass_at == {1: 0.25, 2: 0.5, 4: 1.0}
    assert b.pass_at == {1: 0.5, 2: 0.5, 4: 0.5}
    assert (a.success_strict, b.success_strict, a.n) == (0.25, 0.5, 32)
    assert b.ci_high - b.ci_low > a.ci_high - a.ci_low, "samples that agree are worth fewer episodes"
    compared = found.comparison("a", "b")
    assert compared.test == "sign_exact"
    assert (compared.strict.n, compared.strict.only_first, compared.strict.only_second) == (8, 4, 4)


async def test_groups_of_tasks() -> None:
    groups = groups_of(("put_block", "fruit_in_bowl", "close_jar"))
    assert groups == {"pool": ("put_block", "close_jar"), "outside": ("fruit_in_bowl",)}
    assert groups_of(("put_block",)) == {"pool": ("put_block",)}


async def test_an_unknown_task_is_refused_before_anything_runs(tmp_path: Path) -> None:
    asked = EvalSettings(models=(EvalModel(name="a", spec="scripted"),), tasks=("close_jra",))
    bench = Bench(by_seed)
    opener: OpenRun = bench.open_run
    with pytest.raises(UnknownNameError, match="close_jar"):
        await evaluate(asked, opener, tmp_path / "new")
    assert bench.opened == [] and not (tmp_path / "new").exists()


async def test_a_missing_model_is_found_before_the_others_run(tmp_path: Path) -> None:
    from blazer.agents.errors import LocalModelMissing  # noqa: PLC0415

    asked = settings("a").model_copy(
        update={
            "models": (
                EvalModel(name="a", spec="scripted"),
                EvalModel(name="b", spec=f"hf:{tmp_path}/nothing"),
            )
        }
    )
    bench = Bench(by_seed)
    with pytest.raises(LocalModelMissing, match="nothing"):
        await evaluate(asked, bench.open_run, tmp_path / "new")
    assert bench.opened == []
