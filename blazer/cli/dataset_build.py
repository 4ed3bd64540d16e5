"""`blazer dataset build`: stored traces to training data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from blazer.cli.counting import Counter
from blazer.cli.dataset_settings import Options, settings_of
from blazer.cli.output import JSON_OPTION, make_table, out, print_json, say
from blazer.store.records import TraceFilter
from blazer.store.store import Store
from blazer.training.build import Built, build_dataset
from blazer.training.manifest import LEFT_OUT, Manifest
from blazer.training.rows import REASONS
from blazer.training.settings import DatasetSettings

DEFAULT_OUT = Path("blazer-data/dataset")
_SPLITS, _MORE = "Splits", "Settings"


def command(
    to: Annotated[Path, typer.Option("--out", "-o", help="Directory to make.")] = DEFAULT_OUT,
    store: Annotated[
        str | None,
        typer.Option("--store", envvar="BLAZER_STORE", help="File path, or postgresql+psycopg:// URL."),
    ] = None,
    runs: Annotated[str | None, typer.Option("--runs", help="Only these runs, comma-separated.")] = None,
    tasks: Annotated[str | None, typer.Option("--tasks", help="Only these tasks, comma-separated.")] = None,
    kinds: Annotated[
        str | None, typer.Option("--kinds", help="Of sft, dpo, kto, rl, comma-separated; all by default.")
    ] = None,
    style: Annotated[
        str | None,
        typer.Option("--style", help="full: as the coder is asked; brief: instruction and state alone."),
    ] = None,
    dialogue: Annotated[
        bool | None,
        typer.Option("--dialogue/--no-dialogue", help="Repairs also with the dialogue before them."),
    ] = None,
    min_pass_rate: Annotated[
        float | None,
        typer.Option("--min-pass-rate", help="Share of further layouts that a good program has passed."),
    ] = None,
    balance: Annotated[
        str | None, typer.Option("--balance", help="Tasks in train: oversample, cap or none.")
    ] = None,
    max_chars: Annotated[
        int | None, typer.Option("--max-chars", help="Longer rows are listed and left out.")
    ] = None,
    val_fraction: Annotated[
        float | None,
        typer.Option("--val-fraction", help="Share of the seeds for validation.", rich_help_panel=_SPLITS),
    ] = None,
    val_seeds: Annotated[
        str | None,
        typer.Option(
            "--val-seeds", help="These instead: START:STOP, STOP exclusive.", rich_help_panel=_SPLITS
        ),
    ] = None,
    held_out_tasks: Annotated[
        str | None,
        typer.Option(
            "--held-out-tasks", help="Tasks, or ood, in a split of their own.", rich_help_panel=_SPLITS
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option("--seed", help="Draws validation seeds and the order of rows.", rich_help_panel=_MORE),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="YAML, TOML or JSON file.", rich_help_panel=_MORE)
    ] = None,
    set: Annotated[
        list[str] | None,
        typer.Option("--set", help="KEY=VALUE, such as dpo.per_instance=8.", rich_help_panel=_MORE),
    ] = None,
    force: bool = typer.Option(False, "--force", help="Replace another data set that is there."),
    as_json: bool = JSON_OPTION,
) -> None:
    """Build training data from stored traces.

    SFT rows, preference pairs, KTO rows and RL prompts. `datasets.load_dataset(DIR, "sft")` reads
    the directory, which appears whole or not at all.
    """
    options = Options(
        store=store,
        runs=runs,
        tasks=tasks,
        kinds=kinds,
        style=style,
        dialogue=dialogue,
        min_pass_rate=min_pass_rate,
        val_fraction=val_fraction,
        val_seeds=val_seeds,
        held_out_tasks=held_out_tasks,
        balance=balance,
        max_chars=max_chars,
        seed=seed,
        config=config,
        set=set or (),
    )
    settings = settings_of(options)
    with Store.open(settings.store, create=False) as opened:
        built = _build(opened, to, settings.dataset(), force=force)
    if as_json:
        print_json({"directory": str(to), "fresh": built.fresh, "manifest": built.manifest})
        return
    _print(out(), built, to)


def _build(store: Store, to: Path, settings: DatasetSettings, *, force: bool) -> Built:
    counter = Counter("traces read", store.count(TraceFilter(latest_only=True, tasks=settings.tasks)))
    with counter.shown():
        return build_dataset(store, to, settings, force=force, on_trace=counter.advance)


def _print(console: Console, built: Built, to: Path) -> None:
    manifest = built.manifest
    if not built.fresh:
        say(console, "the same data is there already; it was left as it is")
    console.print(counts_table(manifest))
    if manifest.left_out:
        say(console, f"left out ({to / LEFT_OUT} names each):")
        for name, count in manifest.left_out.items():
            kind, _, reason = name.partition(" ")
            say(console, f"  {count:>6} {kind} {reason}: {REASONS[reason]}", style="dim")
    if outdated := manifest.source.outdated_prompts:
        say(
            console,
            f"{outdated} of {manifest.source.traces} traces were asked in other words than the coder would "
            "be today; a student trained on them should be asked as they were",
            style="yellow",
        )
    shared, outside = manifest.leak_check.answers_shared, manifest.leak_check.answers_outside
    if outside:
        say(
            console,
            f"no leak; {shared} of {outside} distinct answers outside train are in train too, "
            "none with an instance's numbers",
        )
    say(console, f"{to}: digest {manifest.digest}", style="green")
    first = next(iter(manifest.counts))
    say(console, f'load it: datasets.load_dataset("{to}", "{first}")', style="dim")


def counts_table(manifest: Manifest) -> Table:
    """Rows of every kind and split."""
    table = make_table(
        "kind", "split", "rows", "distinct", "instances", "tasks", "of each task", right=("rows",)
    )
    for kind, splits in manifest.counts.items():
        for split, counts in splits.items():
            least, most = min(counts.tasks.values()), max(counts.tasks.values())
            spread = str(least) if least == most else f"{least} to {most}"
            numbers = (counts.rows, counts.distinct, counts.instances, len(counts.tasks))
            table.add_row(kind, split, *(str(number) for number in numbers), spread)
    return table
