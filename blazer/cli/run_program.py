"""`blazer run-program FILE`: your own program in the sandbox, judged like any other."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import typer
from rich.console import Console

from blazer.cli.output import JSON_OPTION, decision_text, err, out, outcome_text, print_json, say
from blazer.cli.sandboxes import open_sandbox
from blazer.cli.traces_show import print_checks, print_execution
from blazer.core.errors import UsageError
from blazer.core.records import PolicyReport
from blazer.core.rng import MAX_SEED
from blazer.prompts.messages import finding_line
from blazer.sandbox.episode import Episode
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import find_task, reference_program
from blazer.tasks.spec import TaskInstance


def command(
    file: str = typer.Argument(help="Python file; - for stdin, @reference for the task's own."),
    task: str = typer.Option(..., "--task", help="Name of a task, or a task's JSON file."),
    seed: int = typer.Option(0, "--seed", min=0, max=MAX_SEED),
    tier: str = typer.Option("auto", "--tier", help="Sandbox tier: auto, docker, runsc or process."),
    as_json: bool = JSON_OPTION,
) -> None:
    """Run one program file on one task and seed.

    Ends with 0 if the strict verdict is pass, else with 1.
    """
    spec = find_task(task)
    instance = instantiate(spec, seed)
    source = reference_program(instance) if file == "@reference" else _read(file)
    report, episode = asyncio.run(_run(source, instance, tier, quiet=as_json))
    success = episode is not None and episode.execution.outcome == "success"
    if as_json:
        about = {"task": spec.name, "seed": seed, "instruction": instance.instruction, "policy": report}
        ran = episode and {"execution": episode.execution, "verdict": episode.verdict}
        print_json({**about, "execution": None, "verdict": None, **(ran or {})})
    elif episode is None:
        for finding in report.findings:
            say(err(), finding_line(finding))
        err().print("the language policy refuses this program; nothing was run", style="red")
    else:
        _print(out(), instance, episode)
    if not success:
        raise typer.Exit(1)


def _read(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read {file!r}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{file!r} is not UTF-8 text") from None


async def _run(
    source: str, instance: TaskInstance, tier: str, *, quiet: bool
) -> tuple[PolicyReport, Episode | None]:
    # A person's own program is no language model's: `auto` may fall back.
    async with open_sandbox(tier, 1, language_model=False, quiet=quiet) as sandbox:
        report = await sandbox.check(source)
        return report, await sandbox.run(source, instance) if report.accepted else None


def _print(console: Console, instance: TaskInstance, episode: Episode) -> None:
    say(console, f"{instance.task} seed {instance.seed}: {instance.instruction}")
    print_execution(console, episode.execution)
    print_checks(console, episode.verdict)
    verdict, timings = episode.verdict, episode.execution.timings
    console.print(
        outcome_text(episode.execution.outcome),
        "paper",
        decision_text(verdict.paper),
        "strict",
        decision_text(verdict.strict),
    )
    console.print(
        f"tier {episode.execution.isolation.tier}, wall {timings.wall_s:.2f} s, "
        f"simulated {timings.simulated_s:.1f} s"
    )
