"""`blazer bench faults`: a run that is killed again and again, and whether its promises held."""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import typer

from blazer.cli.output import JSON_OPTION, err, make_table, out, print_json, say
from blazer.cli.task_choice import chosen_tasks
from blazer.core.errors import ConfigError, UsageError
from blazer.eval.faults import FaultReport, Plan, run_faults
from blazer.eval.faults_found import RUN_ID
from blazer.tasks.library import task_names

TIERS = ("docker", "runsc", "process")


def command(
    runs: int = typer.Option(1000, "--runs", min=1, help="Episodes at least; as many seeds as that takes."),
    kills: int = typer.Option(50, "--kills", min=0, help="How often the run is killed with SIGKILL."),
    tasks: str = typer.Option("train", "--tasks", help="Names, or train, ood, all; comma-separated."),
    tier: str = typer.Option("process", "--tier", help="Sandbox tier: docker, runsc or process."),
    workers: int = typer.Option(2, "--workers", min=1),
    seed: int = typer.Option(0, "--seed", min=0, help="Of the moments."),
    control: bool = typer.Option(
        True, "--control/--no-control", help="Compare with a run that nobody disturbs; twice the time."
    ),
    as_json: bool = JSON_OPTION,
) -> None:
    """Kill a run at random moments and see what is lost.

    It is a real `blazer collect`, resumed by the same command each time. Exit code 1 if a promise
    broke: a trace lost or doubled, an error counted, a verdict changed, anything left behind.
    """
    if tier not in TIERS:
        raise ConfigError(f"unknown sandbox tier {tier!r}; there are {', '.join(TIERS)}")
    names = tuple(chosen_tasks(tasks))
    if not set(names) <= set(task_names()):
        raise UsageError("tasks from files are not for this; give names, or one of train, ood, all")
    seeds = -(-runs // len(names))
    plan = Plan(
        command=lambda store: collect_command(names, seeds, tier, workers, store),
        expected=frozenset((name, number, 0) for name in names for number in range(seeds)),
        kills=kills,
        seed=seed,
        tier=tier,
        control=control,
    )
    # A bench that is ended takes along the run that it watches, however it is ended.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with tempfile.TemporaryDirectory(prefix="blazer-faults-") as folder:
        report = run_faults(plan, Path(folder), _progress(kills, len(plan.expected)))
    if as_json:
        print_json(report)
    else:
        _print(report)
    for text in report.broken:
        say(err(), f"broken: {text}", style="red")
    if report.broken:
        raise typer.Exit(1)


def collect_command(tasks: Sequence[str], seeds: int, tier: str, workers: int, store: Path) -> list[str]:
    """The command that begins the run and, the same again, resumes it."""
    options = ["--tasks", ",".join(tasks), "--seeds", f"0:{seeds}", "--tier", tier, "--run", RUN_ID]
    options += ["--workers", str(workers), "--store", str(store), "--json"]
    return [sys.executable, "-m", "blazer.cli.main", "collect", *options]


def _progress(kills: int, episodes: int) -> Callable[[int, int], None]:
    def tell(number: int, stored: int) -> None:
        what = f"start {number + 1} of {kills + 1}" if number <= kills else "a run that nobody disturbs"
        say(err(), f"{what}: {stored} of {episodes} episodes stored", style="dim")

    return tell


def _print(report: FaultReport) -> None:
    table = make_table("what", "number", right=("number",), whole=("what",))
    values = report.model_dump(exclude={"left", "broken", "tier"})
    for name, value in values.items():
        table.add_row(name, "-" if value is None else f"{value:,}")
    for name, found in report.left.model_dump().items():
        table.add_row(f"{name} left", str(len(found)))
    out().print(table)
    verdict = "every promise held" if not report.broken else f"{len(report.broken)} promises broken"
    out().print(f"{report.tier} tier: {verdict}")
