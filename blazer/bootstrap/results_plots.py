"""Pictures of ablations: success against the share of data, the size of the student, the round."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from blazer.bootstrap.results import Ablation, AblationRow
from blazer.bootstrap.study import Part
from blazer.eval.evaluation.pictures import MARKERS, MODEL_COLORS, plot_curve
from blazer.eval.evaluation.result import CurvePoint

_AXES: dict[Part, str] = {"share": "share of the training data in percent", "size": "size of the student"}


def plot_ablation(ablation: Ablation, path: Path) -> None:
    """One picture; a list of bars where an ablation has no axis.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    if ablation.part == "rounds":
        plot_curve(_points(ablation.rows), path)
        return
    pyplot = _pyplot()
    if ablation.part in _AXES:
        figure, axis = pyplot.subplots(figsize=(6.4, 4.2), layout="constrained")
        _lines(axis, ablation)
        axis.set_ylim(0, 100)
        axis.set_ylabel("strict success in percent, 95 % intervals")
    else:
        figure, axis = pyplot.subplots(figsize=(7.2, 1.4 + 0.5 * len(ablation.rows)), layout="constrained")
        _bars(axis, ablation.rows)
    axis.grid(visible=True, color="#eeeeee", lw=0.8)
    axis.set_axisbelow(True)
    try:
        figure.savefig(path, dpi=120)
    finally:
        pyplot.close(figure)


def _lines(axis: Any, ablation: Ablation) -> None:
    for index, line in enumerate(dict.fromkeys(row.line for row in ablation.rows)):
        rows = [row for row in ablation.rows if row.line == line and row.x is not None]
        scale = 100.0 if ablation.part == "share" else 1.0
        axis.errorbar(
            [scale * (row.x or 0.0) for row in rows], [100 * row.success_strict for row in rows],
            yerr=_reach(rows), marker=MARKERS[index], color=MODEL_COLORS[index + 1], capsize=3,
            label=line or "SFT", clip_on=False,
        )  # fmt: skip
    if ablation.part == "size":
        ticks = {row.x: row for row in ablation.rows if row.line == "sft" and row.x is not None}
        names = [f"{row.label.partition(',')[0]}\n{_millions(row)}" for row in ticks.values()]
        axis.set_xticks(list(ticks), names)
    axis.set_xlabel(_AXES[ablation.part])
    axis.legend(frameon=False)


def _bars(axis: Any, rows: Sequence[AblationRow]) -> None:
    places = list(range(len(rows)))
    rates = [100 * row.success_strict for row in rows]
    axis.errorbar(rates, places, xerr=_reach(rows), fmt="o", color=MODEL_COLORS[1], capsize=3, clip_on=False)
    axis.set_yticks(places, [row.label for row in rows])
    axis.set_ylim(len(rows) - 0.5, -0.5)
    axis.set_xlim(0, 100)
    axis.set_xlabel("strict success in percent, 95 % intervals")


def _reach(rows: Sequence[AblationRow]) -> list[list[float]]:
    return [
        [100 * max(0.0, row.success_strict - row.ci_low) for row in rows],
        [100 * max(0.0, row.ci_high - row.success_strict) for row in rows],
    ]


def _millions(row: AblationRow) -> str:
    return f"{row.parameters / 1e6:.2f} M" if row.parameters else ""


def _points(rows: Sequence[AblationRow]) -> list[CurvePoint]:
    return [
        CurvePoint(
            round=round(row.x),
            name=row.line,
            success_strict=row.success_strict,
            ci_low=row.ci_low,
            ci_high=row.ci_high,
            n=row.n,
        )
        for row in rows
        if row.x is not None
    ]


def _pyplot() -> Any:
    import matplotlib  # noqa: PLC0415  (heavy, and of an extra)

    matplotlib.use("agg")
    from matplotlib import pyplot  # noqa: PLC0415

    return pyplot
