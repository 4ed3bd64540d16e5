"""`blazer bootstrap`: the whole loop. The same command again goes on."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from blazer.bootstrap.loop import bootstrap, plan_loop
from blazer.bootstrap.presets import BOOTSTRAP
from blazer.bootstrap.running import look
from blazer.bootstrap.settings import BootstrapSettings
from blazer.bootstrap.steps import WorkDir
from blazer.bootstrap.table import Table, round_table, write_table
from blazer.cli.collecting import open_run
from blazer.cli.loop_settings import Options, settings_of
from blazer.cli.output import JSON_OPTION, err, make_table, out, print_json, say
from blazer.cli.sandboxes import check_steps
from blazer.cli.steps_progress import StepsProgress, print_statuses

DEFAULT_WORK = Path("blazer-data/bootstrap")


def command(
    rounds: Annotated[int | None, typer.Option("--rounds", help="How many.  [3]")] = None,
    work: Annotated[
        Path, typer.Option("--work", "-o", help="Directory of traces, data, students, tables.")
    ] = DEFAULT_WORK,
    tasks: Annotated[str | None, typer.Option("--tasks", help="Names, or pools.  [train]")] = None,
    teacher_share: Annotated[
        float | None,
        typer.Option("--teacher-share", help="Of the samples, from the second round on.  [0.5]"),
    ] = None,
    preset: Annotated[str, typer.Option("--preset", help=f"{', '.join(BOOTSTRAP)}.")] = "cpu",
    tier: Annotated[str | None, typer.Option("--tier", help="Sandbox tier.  [auto]")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="YAML, TOML or JSON file.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="KEY=VALUE, such as collect.seeds=50.")
    ] = None,
    redo: bool = typer.Option(
        False, "--redo", help="Do finished steps again whose settings are other ones now."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="List the steps and what is done already."),
    as_json: bool = JSON_OPTION,
) -> None:
    """Collect, build data, train, evaluate, and again with the student as coder.

    Whatever interrupts it, the same command goes on where it stopped. The table over rounds is in
    `table.md` and `table.json` of the directory.
    """
    more = {
        "--rounds": (("rounds",), rounds),
        "--tasks": (("tasks",), tasks),
        "--teacher-share": (("collect", "teacher_share"), teacher_share),
        "--tier": (("machine", "tier"), tier),
    }
    settings = settings_of(BootstrapSettings, BOOTSTRAP, Options(preset, config, set_ or (), more))
    place = WorkDir(work)
    statuses = look(plan_loop(settings, place).steps, place)
    if dry_run:
        print_statuses(out(), statuses, place)
        return
    check_steps({status.state for status in statuses}, settings.machine.tier, redo=redo)
    progress = StepsProgress(err())
    with progress.shown():
        ran = bootstrap(settings, open_run, work, progress.tell, redo=redo)
    table = round_table(settings, place)
    files = write_table(table, place)
    if as_json:
        print_json({"table": table, "files": [str(path) for path in files], "failed": ran.failed})
    else:
        print_rounds(out(), table)
        say(out(), f"written: {', '.join(str(path) for path in files)}", style="dim")
    for name, why in ran.failed.items():
        say(err(), f"{name}: {why}", style="red")
    if ran.failed:
        raise typer.Exit(1)


def print_rounds(console: Console, table: Table) -> None:
    """The table over rounds."""
    shown = make_table(*table.columns, right=table.columns[1:])
    for row in table.rows:
        shown.add_row(*row)
    console.print(shown)
    for note in table.notes:
        say(console, note, style="dim")
