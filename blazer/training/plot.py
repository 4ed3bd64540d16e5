"""A picture of a data set: rows of each task, what was rejected, lengths and likeness of pairs."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from blazer.core.errors import ConfigError, UsageError
from blazer.core.outcomes import OUTCOME_TABLE, Outcome, Stratum
from blazer.training.rows import FRAGILE, Split
from blazer.training.settings import Kind
from blazer.training.stats import KindStats

Stats = Mapping[Kind, Mapping[Split, KindStats]]
COLORS = {"sft": "#2f6f9f", "dpo": "#c8553d", "kto": "#6a994e", "rl": "#8d6a9f"}
STRATUM_COLORS = {"task": "#c8553d", "program": "#e09f3e", "form": "#8d6a9f", "robustness": "#2f6f9f"}


def plot_stats(stats: Stats, path: Path, title: str) -> None:
    """Write the picture; the ending of `path` chooses the format.

    Raises:
        ConfigError: matplotlib is not installed.
        UsageError: the file cannot be written, or its ending is no format.
    """
    pyplot = _pyplot()
    figure, axes = pyplot.subplots(2, 2, figsize=(12.5, 8.5), layout="constrained")
    figure.suptitle(title)
    _tasks(axes[0][0], stats)
    _lessons(axes[0][1], stats)
    _lengths(axes[1][0], stats)
    _likeness(axes[1][1], stats)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=110)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot write the plot {path}: {error}") from None
    finally:
        pyplot.close(figure)


def _pyplot() -> Any:
    try:
        matplotlib = import_module("matplotlib")
    except ModuleNotFoundError:
        raise ConfigError("plots need the extra `data`: pip install 'blazer-agents[data]'") from None
    matplotlib.use("agg")
    return import_module("matplotlib.pyplot")


def _train(stats: Stats, kind: Kind) -> KindStats | None:
    return stats[kind].get("train") if kind in stats else None


def _tasks(axis: Any, stats: Stats) -> None:
    """Rows in train, a bar for every kind."""
    shown = {kind: train for kind in stats if (train := _train(stats, kind)) is not None}
    tasks = sorted({task for train in shown.values() for task in train.tasks}, reverse=True)
    height = 0.8 / max(1, len(shown))
    for index, (kind, train) in enumerate(shown.items()):
        places = [place + 0.4 - (index + 0.5) * height for place in range(len(tasks))]
        counts = [train.tasks[task].rows if task in train.tasks else 0 for task in tasks]
        once = [train.tasks[task].distinct if task in train.tasks else 0 for task in tasks]
        axis.barh(places, counts, height=height, color=COLORS[kind], alpha=0.35)
        axis.barh(places, once, height=height, color=COLORS[kind], label=kind)
    axis.set_yticks(range(len(tasks)), tasks)
    axis.set_xlim(right=1.2 * axis.get_xlim()[1])
    axis.set_xlabel("rows in train (pale: repeated to balance tasks)")
    axis.set_title("Tasks")
    axis.legend(loc="lower right", fontsize=8)


def _lessons(axis: Any, stats: Stats) -> None:
    """What the rejected side of pairs did."""
    train = _train(stats, "dpo")
    axis.set_title("Rejected sides of pairs in train")
    if train is None:
        _nothing(axis, "no pairs")
        return
    names = sorted(train.lessons, key=lambda name: train.lessons[name])
    colors = [STRATUM_COLORS[_stratum_of(name)] for name in names]
    axis.barh(names, [train.lessons[name] for name in names], color=colors)
    axis.set_xlabel("pairs")
    patches = import_module("matplotlib.patches")
    handles = [patches.Patch(color=STRATUM_COLORS[name], label=name) for name in train.strata]
    axis.legend(handles=handles, title="stratum", loc="lower right", fontsize=8)


def _lengths(axis: Any, stats: Stats) -> None:
    """Least, middle and most characters of prompt and answer, by task."""
    train = _train(stats, next(iter(stats)))
    axis.set_title(f"Length of {next(iter(stats))} rows in train: least, middle, most")
    if train is None:
        _nothing(axis, "no rows")
        return
    tasks = sorted(train.tasks, reverse=True)
    for place, task in enumerate(tasks):
        chars = train.tasks[task].chars
        axis.plot([chars.least, chars.most], [place, place], color="#888888", lw=2, solid_capstyle="round")
        axis.plot([chars.middle], [place], "o", color=COLORS[next(iter(stats))])
    axis.set_yticks(range(len(tasks)), tasks)
    axis.set_xlim(left=0)
    axis.set_xlabel("characters, prompt and answer")


def _likeness(axis: Any, stats: Stats) -> None:
    """How near the two programs of a pair are."""
    train = _train(stats, "dpo")
    axis.set_title("Likeness of chosen and rejected program")
    if train is None or not train.similarity:
        _nothing(axis, "no pairs of two programs")
        return
    bins = [f"{tenth / 10:.1f}" for tenth in range(10)]
    places = [float(name) + 0.05 for name in bins]
    counts = [train.similarity.get(name, 0) for name in bins]
    axis.bar(places, counts, width=0.09, color=COLORS["dpo"])
    axis.set_xlim(0, 1)
    axis.set_xlabel("share of tokens in common")
    axis.set_ylabel("pairs")


def _stratum_of(outcome: str) -> str:
    if outcome == FRAGILE:
        return Stratum.ROBUSTNESS.value
    stratum = OUTCOME_TABLE[Outcome(outcome)].stratum
    return stratum.value if stratum is not None else "task"


def _nothing(axis: Any, text: str) -> None:
    axis.text(0.5, 0.5, text, ha="center", va="center", transform=axis.transAxes, color="#888888")
    axis.set_xticks([])
    axis.set_yticks([])
