"""One table over the rounds of a loop, from what its steps made; shorter while the loop is not finished."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from blazer.bootstrap.loop import BEGINNING, Round, evaluation_of, plan_loop
from blazer.bootstrap.settings import BootstrapSettings
from blazer.bootstrap.steps import Done, WorkDir, write_json
from blazer.core.records import Record
from blazer.eval.evaluation.evaluate import read_evaluation
from blazer.eval.evaluation.report import CurvePoint, write_report
from blazer.eval.evaluation.result import Evaluation, ModelResult

COLUMNS = ("round", "programs", "solved by coder", "SFT rows", "pairs", "sft, strict", "last, strict", "wall")


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
    wall_s: float


class Table(Record):
    """The table as shown, and what is behind it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    rounds: tuple[RoundResult, ...]


def round_table(settings: BootstrapSettings, place: WorkDir) -> Table:
    """What the rounds came to so far."""
    results = []
    beginning = _evaluation(place, BEGINNING)
    if beginning is not None:
        done = place.done(BEGINNING)
        models = {model.name: model for model in beginning.models}
        wall_s = done.wall_s if done else 0.0
        results.append(RoundResult(round=0, episodes=0, coders={}, rows={}, models=models, wall_s=wall_s))
    for number in plan_loop(settings, place).rounds:
        found = _round(number, place)
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


def _round(number: Round, place: WorkDir) -> RoundResult | None:
    names = [*number.collects, number.data, number.sft.step, number.last.step, evaluation_of(number.number)]
    proofs = {name: place.done(name) for name in dict.fromkeys(names) if name}
    done = {name: proof for name, proof in proofs.items() if proof is not None}
    if not done:
        return None
    collects = [done[name].made.facts for name in number.collects if name in done]
    evaluation = _evaluation(place, evaluation_of(number.number))
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
        wall_s=sum(proof.wall_s for proof in done.values()),
    )


def _whole(facts: dict[str, Any], name: str) -> int:
    value = facts.get(name)
    return value if isinstance(value, int) else 0


def _rows(data: Done | None) -> dict[str, int]:
    rows = data.made.facts.get("rows") if data else None
    if not isinstance(rows, dict):
        return {}
    return {kind: int(splits["train"]) for kind, splits in rows.items() if isinstance(splits, dict)}  # type: ignore[arg-type]


def _evaluation(place: WorkDir, step: str) -> Evaluation | None:
    return read_evaluation(place.out(step)) if place.done(step) else None


def _cells(result: RoundResult) -> tuple[str, ...]:
    coders = ", ".join(f"{who} {100 * rate:.0f} %" for who, rate in result.coders.items())
    sft = result.models.get("base" if result.round == 0 else "sft")
    last = [model for name, model in result.models.items() if name not in ("sft", "base")]
    shown = last[-1] if last and result.round else result.models.get("teacher")
    return (
        "before" if result.round == 0 else str(result.round),
        str(result.episodes or "-"),
        coders or "-",
        str(result.rows.get("sft", "-")),
        str(result.rows.get("dpo", result.rows.get("kto", "-"))),
        f"{'base ' if result.round == 0 and sft else ''}{_rate(sft)}",
        f"{'teacher ' if result.round == 0 and shown else ''}{_rate(shown)}",
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
    """Success over rounds."""
    return tuple(
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
