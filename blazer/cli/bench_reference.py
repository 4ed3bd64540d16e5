"""`blazer bench reference`: how often the reference programs solve their tasks."""

from __future__ import annotations

import asyncio

import typer

from blazer.cli.counting import Counter
from blazer.cli.output import JSON_OPTION, make_table, out, percent, print_json
from blazer.cli.sandboxes import open_sandbox
from blazer.cli.selection import POOLS
from blazer.cli.task_choice import chosen_tasks
from blazer.core.errors import UsageError
from blazer.eval.bench import ReferenceRow, reference_rows, run_references
from blazer.eval.intervals import wilson
from blazer.tasks.library import has_reference


def command(
    tasks: str = typer.Option("all", "--tasks", help="Names, or train, ood, all; comma-separated."),
    n: int = typer.Option(100, "-n", "--seeds", min=1, help="Seeds of each task, from 0."),
    tier: str = typer.Option("process", "--tier", help="Sandbox tier: auto, docker, runsc or process."),
    workers: int = typer.Option(2, "--workers", min=1),
    as_json: bool = JSON_OPTION,
) -> None:
    """How often the reference programs solve their tasks."""
    names = named_tasks(tasks)
    rows = asyncio.run(_run(names, n, tier, workers))
    if as_json:
        print_json(rows)
        return
    table = make_table("task", "n", "strict", "paper", right=("n", "strict", "paper"))
    for row in rows:
        cells = [f"{k} ({percent(wilson(k, row.n).low)}-{percent(wilson(k, row.n).high)} %)"
                 for k in (row.success_strict, row.success_paper)]  # fmt: skip
        table.add_row(row.task, str(row.n), *cells)
    out().print(table)


def named_tasks(text: str) -> tuple[str, ...]:
    """Tasks and pools as typed to names of tasks that have a reference program.

    Raises:
        UsageError: as `chosen_tasks`, or for a task that has none.
    """
    names = tuple(chosen_tasks(text))
    for name in names:
        if not has_reference(name):
            raise UsageError(
                f"task {name!r} has no reference program, and it is these that are run; "
                f"give names, or one of {', '.join(POOLS)}"
            )
    return names


async def _run(names: tuple[str, ...], n: int, tier: str, workers: int) -> list[ReferenceRow]:
    counter = Counter("episodes", n * len(names))
    async with open_sandbox(tier, workers, language_model=False) as sandbox:
        with counter.shown():
            episodes = await run_references(names, range(n), sandbox, workers, counter.advance)
    return reference_rows(names, episodes)
