"""One table over the rounds of a loop, from what its steps made; shorter while the loop is not finished."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from blazer.bootstrap.loop import BEGINNING, Round, evaluation_of, plan_loop
from blazer.bootstrap.running import look
from blazer.bootstrap.settings import BootstrapSettings
from blazer.bootstrap.steps import Done, WorkDir, write_json
from blazer.core.records import Record
from blazer.eval.evaluation.compare import compare
from blazer.eval.evaluation.episodes import read_episodes
from blazer.eval.evaluation.evaluate import read_evaluation
from blazer.eval.evaluation.report import CurvePoint, write_report
from blazer.eval.evaluation.result import EPISODES, Difference, ModelResult
from blazer.eval.evaluation.texts import difference_text

COLUMNS = (
    "round",
    "programs",
    "solved by coder",
    "SFT rows",
    "pairs",
    "sft, strict",
    "last, strict",
    "last minus teacher",
    "wall",
)
TEACHER, BASE = "teacher", "base"


class RoundResult(Record):
    """One round."""

    round: int
    """0: before anything was learnt."""
    episodes: int
    """That it collected."""
    coders: dict[str, float]
    """Who wrote programs -> share that were a strict success at once."""
    rows: dict[str, int]
    """Kind -> rows in train, of all rounds so far."""
    models: dict[str, ModelResult]
    """On held-out seeds."""
    against_teacher: dict[str, Difference] = {}
    """Student -> strict, paired with the teacher's single programs on the same layouts."""
    wall_s: float


class Table(Record):
    """The table as shown, and what is behind it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    rounds: tuple[RoundResult, ...]


def round_table(settings: BootstrapSettings, place: WorkDir) -> Table:
    """What the rounds came to so far; steps whose settings or inputs are other ones now count as not done."""
    plan, results = plan_loop(settings, place), []
    done = {status.step.name: status.done for status in look(plan.steps, place) if status.done is not None}
    if BEGINNING in done:
        models = {model.name: model for model in read_evaluation(place.out(BEGINNING)).models}
        wall_s = done[BEGINNING].wall_s
        results.append(RoundResult(round=0, episodes=0, coders={}, rows={}, models=models, wall_s=wall_s))
    for number in plan.rounds:
        found = _round(number, place, done, settings)
        if found is not None:
            results.append(found)
    missing = settings.rounds - sum(bool(result.round and result.models) for result in results)
    notes = [f"{missing} of {settings.rounds} rounds are not evaluated yet"] if missing else []
    return Table(
        columns=COLUMNS,
        rows=tuple(_cells(result) for result in results),
        notes=tuple(notes),
        rounds=tuple(results),
    )


def _round(
    number: Round, place: WorkDir, proofs: Mapping[str, Done], settings: BootstrapSettings
) -> RoundResult | None:
    name_of_eval = evaluation_of(number.number)
    names = [*number.collects, number.data, number.sft.step, number.last.step, name_of_eval]
    done = {name: proofs[name] for name in dict.fromkeys(names) if name and name in proofs}
    if not done:
        return None
    collects = [done[name].made.facts for name in number.collects if name in done]
    evaluation = read_evaluation(place.out(name_of_eval)) if name_of_eval in done else None
    paired = evaluation is not None and BEGINNING in proofs
    return RoundResult(
        round=number.number,
        episodes=sum(_whole(facts, "episodes") for facts in collects),
        coders={
            name.rsplit("-", 1)[-1]: _whole(done[name].made.facts, "solved_at_once")
            / max(1, _whole(done[name].made.facts, "episodes"))
            for name in number.collects
            if name in done
        },
        rows=_rows(done.get(number.data)),
        models={model.name: model for model in evaluation.models} if evaluation else {},
        against_teacher=_against_teacher(place, name_of_eval, settings) if paired else {},
        wall_s=sum(proof.wall_s for proof in done.values()),
    )


def _against_teacher(place: WorkDir, step: str, settings: BootstrapSettings) -> dict[str, Difference]:
    """The two evaluations have the same layouts, so their episodes are paired across them."""
    teacher = read_episodes(place.out(BEGINNING) / EPISODES)[TEACHER]
    return {
        name: compare(
            TEACHER, name, {TEACHER: teacher, name: episodes}, settings.task_list,
            seed=settings.seed, resamples=settings.test.resamples,
        ).strict
        for name, episodes in read_episodes(place.out(step) / EPISODES).items()
    }  # fmt: skip


def _whole(facts: dict[str, Any], name: str) -> int:
    value = facts.get(name)
    return value if isinstance(value, int) else 0


def _rows(data: Done | None) -> dict[str, int]:
    rows = data.made.facts.get("rows") if data else None
    if not isinstance(rows, dict):
        return {}
    return {kind: int(splits["train"]) for kind, splits in rows.items() if isinstance(splits, dict)}  # type: ignore[arg-type]


def _cells(result: RoundResult) -> tuple[str, ...]:
    coders = ", ".join(f"{who} {100 * rate:.0f} %" for who, rate in result.coders.items())
    sft = result.models.get("base" if result.round == 0 else "sft")
    last = [model for name, model in result.models.items() if name not in ("sft", "base")]
    shown = last[-1] if last and result.round else result.models.get(TEACHER)
    against = list(result.against_teacher.values())
    return (
        "before" if result.round == 0 else str(result.round),
        str(result.episodes or "-"),
        coders or "-",
        str(result.rows.get("sft", "-")),
        str(result.rows.get("dpo", result.rows.get("kto", "-"))),
        f"{'base ' if result.round == 0 and sft else ''}{_rate(sft)}",
        f"{'teacher ' if result.round == 0 and shown else ''}{_rate(shown)}",
        difference_text(against[-1]) if against else "-",
        f"{result.wall_s / 60:.0f} min",
    )


def _rate(model: ModelResult | None) -> str:
    if model is None:
        return "-"
    interval = f"{100 * model.ci_low:.0f}-{100 * model.ci_high:.0f}"
    return f"{100 * model.success_strict:.1f} % ({interval}), n {model.n}"


def write_table(table: Table, place: WorkDir) -> list[Path]:
    """`table.md`, `table.json` and the report of the last evaluation, learning curve included."""
    lines = ["# Rounds", "", "| " + " | ".join(table.columns) + " |", "|" + "---|" * len(table.columns)]
    lines += ["| " + " | ".join(row) + " |" for row in table.rows]
    lines += ["", *(f"{note}." for note in table.notes)]
    place.root.mkdir(parents=True, exist_ok=True)
    page, record = place.root / "table.md", place.root / "table.json"
    page.write_text("\n".join(lines).rstrip() + "\n", encoding="utf-8")
    write_json(record, table)
    written = [page, record]
    last = max((result.round for result in table.rounds if result.models and result.round), default=0)
    if last:
        evaluation = read_evaluation(place.out(evaluation_of(last)))
        written += write_report(evaluation, place.root / "report", curve_of(table))
    return written


def curve_of(table: Table) -> tuple[CurvePoint, ...]:
    """Success over rounds; teacher and base, which do not learn, as level lines through all of them."""
    learning = tuple(
        CurvePoint(
            round=result.round,
            name=name,
            success_strict=model.success_strict,
            ci_low=model.ci_low,
            ci_high=model.ci_high,
            n=model.n,
        )
        for result in table.rounds
        for name, model in result.models.items()
        if result.round
    )
    level = {
        name: model
        for result in table.rounds
        if not result.round
        for name, model in result.models.items()
        if name in (TEACHER, BASE)
    }
    return learning + tuple(
        CurvePoint(
            round=number,
            name=name,
            success_strict=model.success_strict,
            ci_low=model.ci_low,
            ci_high=model.ci_high,
            n=model.n,
        )
        for name, model in level.items()
        for number in sorted({point.round for point in learning})
    )
