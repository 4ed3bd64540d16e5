"""`blazer run-program FILE`: your own program in the sandbox, judged like any other."""

from __future__ import annotations

import asyncio

import typer

from blazer.cli.output import JSON_OPTION, out
from blazer.cli.programs import Ran, load, run_on_task, show_ran
from blazer.cli.sandboxes import open_sandbox
from blazer.core.rng import MAX_SEED
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
    source, instance = load(file, task, seed)
    ran = asyncio.run(_run(source, instance, tier, quiet=as_json))
    show_ran(out(), ran, as_json=as_json)
    if not ran.success:
        raise typer.Exit(1)


async def _run(source: str, instance: TaskInstance, tier: str, *, quiet: bool) -> Ran:
    # A person's own program is no language model's: `auto` may fall back.
    async with open_sandbox(tier, 1, language_model=False, quiet=quiet) as sandbox:
        return await run_on_task(sandbox, source, instance)
