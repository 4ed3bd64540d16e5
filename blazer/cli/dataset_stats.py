"""`blazer dataset stats`: what a data set holds, as a table and as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from blazer.cli.output import JSON_OPTION, make_table, out, print_json, say
from blazer.training.manifest import Manifest
from blazer.training.plot import plot_stats
from blazer.training.reading import read_manifest
from blazer.training.rows import Split
from blazer.training.settings import Kind
from blazer.training.stats import KindStats, dataset_stats

DIRECTORY_ARGUMENT = typer.Argument(help="Directory of the data set.")


def command(
    directory: Annotated[Path, DIRECTORY_ARGUMENT],
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Draw it too: a .png, .svg or .pdf file.")
    ] = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Count and plot what a data set holds."""
    manifest = read_manifest(directory)
    stats = dataset_stats(directory, manifest)
    if plot is not None:
        train = sum(splits["train"].rows for splits in stats.values() if "train" in splits)
        plot_stats(stats, plot, f"{manifest.name}: {train} rows in train, style {manifest.settings.style}")
    if as_json:
        print_json(stats)
        return
    console = out()
    for kind, splits in stats.items():
        for split, counted in splits.items():
            _print(console, kind, split, counted)
    _print_rest(console, manifest)
    if plot is not None:
        say(console, f"plot: {plot}", style="green")


def _print(console: Console, kind: Kind, split: Split, counted: KindStats) -> None:
    table = make_table(
        f"{kind} {split}",
        "rows",
        "distinct",
        "instances",
        "programs",
        "chars least",
        "middle",
        "most",
        right=_NUMBERS,
    )
    for task, some in counted.tasks.items():
        chars = (some.chars.least, some.chars.middle, some.chars.most)
        numbers = (some.rows, some.distinct, some.instances, some.programs, *chars)
        table.add_row(task, *(str(number) for number in numbers))
    console.print(table)
    for name, counts in (
        ("lessons", counted.lessons),
        ("strata", counted.strata),
        ("find objects by", counted.refers),
        ("pass rates", counted.pass_rates),
        ("likeness", counted.similarity),
    ):
        if counts and not (kind == "rl" and name == "lessons"):
            say(console, f"  {name}: {', '.join(f'{key} {count}' for key, count in counts.items())}")
    if counted.length_gap is not None:
        say(console, f"  chosen is longer than rejected by {counted.length_gap} characters on average")


_NUMBERS = ("rows", "distinct", "instances", "programs", "chars least", "middle", "most")


def _print_rest(console: Console, manifest: Manifest) -> None:
    runs = ", ".join(f"{run.run_id} ({run.traces})" for run in manifest.source.runs)
    say(console, f"\nfrom {manifest.source.place}: {runs}", style="dim")
    if manifest.left_out:
        left = ", ".join(f"{name} {count}" for name, count in manifest.left_out.items())
        say(console, f"left out: {left}", style="dim")
