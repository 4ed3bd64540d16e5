"""The report's pictures: success per task, failure mix per model, the learning curve.

Axes are shares in percent from 0 to 100 in every picture, so that two reports can be laid side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from blazer.core.errors import ConfigError
from blazer.core.outcomes import Outcome
from blazer.eval.evaluation.result import CurvePoint, Evaluation, Group, ModelResult, Rates

MODEL_COLORS = (
    "#4d4d4d", "#2f6f9f", "#c8553d", "#6a994e", "#8d6a9f",
    "#e09f3e", "#1b9e9e", "#b5577f", "#7f6b4a", "#9aa0a6",
)  # fmt: skip
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "<", ">", "*")
OUTCOME_COLORS = {
    Outcome.SUCCESS: "#b7d6a3",
    Outcome.GOAL_NOT_MET: "#c8553d",
    Outcome.COLLISION: "#8c2f39",
    Outcome.UNREACHABLE: "#e09f3e",
    Outcome.GRASP_MISSED: "#f2cc8f",
    Outcome.PROGRAM_ERROR: "#2f6f9f",
    Outcome.SKILL_MISUSE: "#74a9cf",
    Outcome.POLICY_REJECTED: "#8d6a9f",
    Outcome.FORMAT_FAULT: "#c7b2d6",
    Outcome.TIMEOUT: "#4d4d4d",
    Outcome.RESOURCE_LIMIT: "#9aa0a6",
}
_GROUPS: dict[Group, str] = {"pool": "pool", "outside": "outside the pool"}
_LEAST_LABEL = 0.045
"""Shares below this bear no number: it would not fit."""
_DARK = frozenset(
    {
        Outcome.GOAL_NOT_MET,
        Outcome.COLLISION,
        Outcome.PROGRAM_ERROR,
        Outcome.POLICY_REJECTED,
        Outcome.TIMEOUT,
    }
)
_DPI = 120
_WIDTH_IN, _CURVE_IN = 8.6, 7.2
_CHAR_IN = 0.075
"""A letter of a legend, amply."""


def plot_success(evaluation: Evaluation, path: Path) -> None:
    """Strict success of every model on every task, with 95 % intervals, means on top.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    models = evaluation.models
    rows = _rows(evaluation)
    pitch = 0.11 * len(models) + 0.18
    pyplot = _pyplot()
    figure, axis = pyplot.subplots(figsize=(_WIDTH_IN, 1.9 + pitch * len(rows)), layout="constrained")
    for index, model in enumerate(models):
        color = MODEL_COLORS[index % len(MODEL_COLORS)]
        shift = (index - (len(models) - 1) / 2) * 0.8 / max(2, len(models))
        for place, (_, task) in enumerate(rows):
            rates = rates_of(model, task)
            axis.plot(
                [100 * rates.ci_low, 100 * rates.ci_high],
                [place + shift] * 2,
                color=color,
                lw=2,
                alpha=0.55,
                solid_capstyle="butt",
            )
            axis.plot(
                [100 * rates.success_strict],
                [place + shift],
                MARKERS[index % len(MARKERS)],
                color=color,
                ms=5.5,
                label=model.name if place == 0 else None,
                clip_on=False,
                zorder=3,
            )
    for place in range(len(rows) - 1):
        last_mean = rows[place][1].startswith("*") and not rows[place + 1][1].startswith("*")
        axis.axhline(place + 0.5, color="#555555" if last_mean else "#dddddd", lw=1.2 if last_mean else 0.6)
    axis.set_yticks(range(len(rows)), [label for label, _ in rows])
    axis.set_ylim(len(rows) - 0.5, -0.5)
    _percent(axis.xaxis, axis.set_xlim)
    axis.set_xlabel("strict success in percent, with 95 % intervals")
    axis.set_title(_title(evaluation), fontsize=10)
    _legend(figure, axis, _WIDTH_IN)
    _save(pyplot, figure, path)


def plot_failures(evaluation: Evaluation, path: Path) -> None:
    """How the episodes of every model ended, as shares of its decided ones.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    models = evaluation.models
    seen = [outcome for outcome in OUTCOME_COLORS if any(_share(model, outcome) for model in models)]
    pyplot = _pyplot()
    figure, axis = pyplot.subplots(figsize=(_WIDTH_IN, 1.9 + 0.5 * len(models)), layout="constrained")
    for place, model in enumerate(models):
        left = 0.0
        for outcome in seen:
            share = _share(model, outcome)
            label = outcome.value if place == 0 else None
            axis.barh(
                place, 100 * share, left=left, height=0.62, color=OUTCOME_COLORS[outcome], label=label, lw=0
            )
            if share >= _LEAST_LABEL:
                axis.text(
                    left + 50 * share,
                    place,
                    f"{100 * share:.0f}",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color="white" if outcome in _DARK else "black",
                )
            left += 100 * share
    axis.set_yticks(range(len(models)), [f"{model.name} (n={model.n})" for model in models])
    axis.set_ylim(len(models) - 0.5, -0.5)
    _percent(axis.xaxis, axis.set_xlim)
    axis.set_xlabel("share of decided episodes in percent")
    axis.set_title("How episodes ended", fontsize=10)
    _legend(figure, axis, _WIDTH_IN)
    _save(pyplot, figure, path)


def plot_curve(points: Sequence[CurvePoint], path: Path, title: str = "Strict success over rounds") -> None:
    """Success over rounds, a line for every name, with 95 % intervals.

    Raises:
        ConfigError: matplotlib is not installed.
    """
    names = list(dict.fromkeys(point.name for point in points))
    rounds = sorted({point.round for point in points})
    pyplot = _pyplot()
    figure, axis = pyplot.subplots(figsize=(_CURVE_IN, 4.6), layout="constrained")
    for index, name in enumerate(names):
        own = sorted((point for point in points if point.name == name), key=lambda point: point.round)
        shift = (index - (len(names) - 1) / 2) * 0.05
        places = [point.round + shift for point in own]
        rates = [100 * point.success_strict for point in own]
        reach = [
            [100 * (point.success_strict - point.ci_low) for point in own],
            [100 * (point.ci_high - point.success_strict) for point in own],
        ]
        axis.errorbar(
            places,
            rates,
            yerr=reach,
            color=MODEL_COLORS[index % len(MODEL_COLORS)],
            marker=MARKERS[index % len(MARKERS)],
            ms=5.5,
            lw=1.6,
            capsize=3,
            label=name,
            clip_on=False,
        )
    axis.set_xticks(rounds)
    axis.set_xlim(min(rounds) - 0.4, max(rounds) + 0.4)
    _percent(axis.yaxis, axis.set_ylim)
    axis.set_xlabel("round")
    axis.set_ylabel("strict success in percent, with 95 % intervals")
    axis.set_title(title, fontsize=10)
    _legend(figure, axis, _CURVE_IN)
    _save(pyplot, figure, path)


def mean_rows(evaluation: Evaluation) -> list[tuple[str, str]]:
    """Label and key of the means: of pool and outside where there are both, and of several tasks."""
    rows: list[tuple[str, str]] = []
    if len(evaluation.settings.tasks) == 1:
        return rows
    if len(evaluation.groups) > 1:
        rows = [
            (f"{_GROUPS[name]}: mean of {len(some)}", f"*{name}") for name, some in evaluation.groups.items()
        ]
    return [*rows, (f"mean of all {len(evaluation.settings.tasks)}", "*")]


def _rows(evaluation: Evaluation) -> list[tuple[str, str]]:
    tasks = [task for some in evaluation.groups.values() for task in some]
    return [*mean_rows(evaluation), *((task, task) for task in tasks)]


def rates_of(model: ModelResult, key: str) -> Rates:
    """The rates of a row: a task's, or those of a mean of `mean_rows`."""
    if key == "*":
        return model
    found = {f"*{group}": rates for group, rates in model.groups.items()}
    return found[key] if key in found else model.tasks[key]


def _share(model: ModelResult, outcome: Outcome) -> float:
    if outcome is Outcome.SUCCESS:
        return (model.n - sum(model.failures.values())) / model.n
    return model.failures.get(outcome, 0) / model.n


def _title(evaluation: Evaluation) -> str:
    start, stop = evaluation.settings.seeds
    samples = evaluation.settings.samples
    more = "" if samples == 1 else f", {samples} samples each"
    return f"Strict success on {stop - start} held-out seeds a task{more}"


def _percent(which: Any, limit: Any) -> None:
    limit(0, 100)
    which.set_ticks(range(0, 101, 20))
    which.get_major_ticks()
    which.grid(visible=True, color="#eeeeee", lw=0.8, zorder=0)
    which.axes.set_axisbelow(True)
    for side in ("top", "right"):
        which.axes.spines[side].set_visible(False)


def _legend(figure: Any, axis: Any, width_in: float) -> None:
    """Below the axes, in as many columns as fit."""
    handles, labels = axis.get_legend_handles_labels()
    fitting = int(width_in / (_CHAR_IN * (max(map(len, labels)) + 7)))
    columns = max(1, min(len(labels), 5, fitting))
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, fontsize=8, frameon=False)


def _save(pyplot: Any, figure: Any, path: Path) -> None:
    try:
        figure.savefig(path, dpi=_DPI)
    finally:
        pyplot.close(figure)


def require_matplotlib() -> None:
    """Look whether pictures can be made, without loading what makes them.

    Raises:
        ConfigError: they cannot.
    """
    if find_spec("matplotlib") is None:
        raise ConfigError("plots need the extra `data`: pip install 'blazer-agents[data]'")


def _pyplot() -> Any:
    require_matplotlib()
    matplotlib = import_module("matplotlib")
    matplotlib.use("agg")
    return import_module("matplotlib.pyplot")
