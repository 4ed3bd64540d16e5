"""`blazer study`: the experiments behind the project's results, and their report."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import ValidationError
from rich.console import Console

from blazer.bootstrap.presets import STUDY
from blazer.bootstrap.reporting import write_results
from blazer.bootstrap.results import Results
from blazer.bootstrap.running import Event, EventKind, look
from blazer.bootstrap.settings import StudySettings
from blazer.bootstrap.steps import WorkDir, write_json
from blazer.bootstrap.study import PARTS, chosen, plan_study, study
from blazer.cli.collecting import open_run
from blazer.cli.loop_settings import Options, settings_of
from blazer.cli.output import JSON_OPTION, err, make_table, out, print_json, say
from blazer.cli.sandboxes import check_steps
from blazer.cli.selection import split_names
from blazer.cli.steps_progress import StepsProgress, print_statuses
from blazer.core.digest import digest
from blazer.core.errors import ConfigError, UsageError

DEFAULT_WORK = Path("blazer-data/study")
KEPT, COMMANDS = "settings.json", "commands.json"


def command(
    what: Annotated[
        str, typer.Argument(help="run: what is missing; report: write what there is.", metavar="[run|report]")
    ] = "run",
    work: Annotated[
        Path, typer.Option("--work", help="Directory of everything that the study makes.")
    ] = DEFAULT_WORK,
    only: Annotated[
        str | None, typer.Option("--only", help=f"These parts and what they need: {', '.join(PARTS)}.")
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Directory of the report.  [report below --work]"),
    ] = None,
    preset: Annotated[str, typer.Option("--preset", help=f"{', '.join(STUDY)}.")] = "cpu",
    tier: Annotated[str | None, typer.Option("--tier", help="Sandbox tier.  [auto]")] = None,
    config: Annotated[Path | None, typer.Option("--config", help="YAML, TOML or JSON file.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="KEY=VALUE, such as test.seeds=50.")] = None,
    redo: bool = typer.Option(
        False, "--redo", help="Do finished steps again whose settings are other ones now."
    ),
    dry_run: bool = typer.Option(False, "--dry-run", help="List the steps and what is done already."),
    as_json: bool = JSON_OPTION,
) -> None:
    """Run the study behind the project's results, or write its report.

    Whatever interrupts it, the same command goes on where it stopped; a report says what has not
    been run.
    """
    if what not in ("run", "report"):
        raise UsageError(f"`blazer study {what}` is not known; there are run and report")
    typed = Options(preset, config, set_ or (), {"--tier": (("machine", "tier"), tier)})
    parts = split_names(only) if only is not None else PARTS
    if not parts:
        raise UsageError(f"--only names no part; there are {', '.join(PARTS)}")
    place = WorkDir(work)
    settings = _settings(place, typed, what)
    steps = chosen(plan_study(settings, place).steps, parts)
    if dry_run:
        print_statuses(out(), look(steps, place), place)
        return
    failed: dict[str, str] = {}
    if what == "run":
        check_steps({status.state for status in look(steps, place)}, settings.machine.tier, redo=redo)
        progress = StepsProgress(err())

        def tell(event: Event) -> None:
            if event.kind is EventKind.PLAN:  # work begins: nothing speaks against these settings
                write_json(work / KEPT, settings)
                keep_command(work, settings, command_of(typed, only))
            progress.tell(event)

        with progress.shown():
            failed = study(settings, open_run, work, tell, parts=parts, redo=redo).failed
    results, files = write_results(settings, place, to or work / "report", commands_of(work, settings))
    if as_json:
        print_json({"results": results, "files": [str(path) for path in files], "failed": failed})
    else:
        print_results(out(), results)
        say(out(), f"written: {', '.join(str(path) for path in files)}", style="dim")
    for name, why in failed.items():
        say(err(), f"{name}: {why}", style="red")
    if failed:
        raise typer.Exit(1)


def _settings(place: WorkDir, typed: Options, what: Literal["run", "report"] | str) -> StudySettings:
    """Of what was typed; a report of a study that was run takes that study's, if none were typed."""
    kept = place.root / KEPT
    plain = not typed.config and not typed.set and typed.preset == "cpu"
    if what == "report" and plain and kept.is_file():
        try:
            return StudySettings.model_validate_json(kept.read_bytes())
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = ".".join(str(part) for part in first["loc"])
            raise ConfigError(
                f"{kept} is of another version ({key}: {first['msg']}); give the --preset, --config and "
                "--set that the study was run with"
            ) from None
    return settings_of(StudySettings, STUDY, typed)


def command_of(typed: Options, only: str | None) -> str:
    """What was typed, without places and what only says how to go on: those are the reader's."""
    words = ["blazer", "study", "--preset", typed.preset]
    tier = typed.more["--tier"][1]
    words += ["--tier", str(tier)] if tier else []
    words += ["--config", typed.config.name] if typed.config else []
    for value in typed.set:
        words += ["--set", value]
    return shlex.join([*words, *(["--only", only] if only else [])])


def keep_command(work: Path, settings: StudySettings, command: str) -> None:
    """Keep what steps are made with, and which settings that is; commands of other settings are dropped."""
    before = _kept_commands(work, settings)
    commands = [*(one for one in before if one != command), command]
    write_json(work / COMMANDS, {"settings": digest(settings), "commands": commands})


def commands_of(work: Path, settings: StudySettings) -> str:
    """The commands that a study was run with; where none were kept, one that resolves to its settings."""
    kept = _kept_commands(work, settings)
    if kept:
        return "\n".join(kept)
    for name, preset in STUDY.items():
        known = StudySettings.model_validate(preset)
        if known.model_copy(update={"machine": settings.machine}) == settings:
            tier = settings.machine.tier
            typed = [f"machine.{key}={getattr(settings.machine, key)}" for key in ("workers", "concurrency")
                     if getattr(settings.machine, key) != getattr(known.machine, key)]  # fmt: skip
            more = {"--tier": (("machine", "tier"), tier if tier != known.machine.tier else None)}
            return command_of(Options(name, None, typed, more), None)
    return "blazer study --config SETTINGS  # a file with `settings` of results/manifest.json"


def _kept_commands(work: Path, settings: StudySettings) -> list[str]:
    try:
        kept = json.loads((work / COMMANDS).read_text(encoding="utf-8"))
        return [str(one) for one in kept["commands"]] if kept["settings"] == digest(settings) else []
    except (OSError, ValueError, KeyError, TypeError):
        return []  # a reader's convenience: what is lost is derived from the settings


def print_results(console: Console, results: Results) -> None:
    """The main rows and the aims."""
    if results.models:
        table = make_table("model", "strict", "95 %", "paper", "n", right=("strict", "95 %", "paper", "n"))
        for model in results.models:
            interval = f"{100 * model.ci_low:.1f}-{100 * model.ci_high:.1f}"
            strict, paper = f"{100 * model.success_strict:.1f} %", f"{100 * model.success_paper:.1f} %"
            table.add_row(model.name, strict, interval, paper, str(model.n))
        console.print(table)
    for aim in results.aims:
        style = "green" if aim.reached else "yellow"
        say(
            console,
            f"{'reached' if aim.reached else 'not reached'}: {aim.text} ({aim.measured:+.1f} {aim.unit})",
            style,
        )
    for part, wall_s in results.manifest.wall_s.items():
        say(console, f"{part}: {wall_s / 60:.1f} min of wall time")
    if results.not_run:
        say(console, f"not run: {', '.join(item.step for item in results.not_run)}", style="yellow")
