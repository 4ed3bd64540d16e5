"""`blazer traces list`: one line an attempt, newest last."""

from __future__ import annotations

import typer

from blazer.cli.output import (
    JSON_OPTION,
    STORE_OPTION,
    decision_text,
    is_wide,
    make_table,
    out,
    outcome_text,
    print_json,
    program_name,
    say,
)
from blazer.cli.selection import parse_outcomes, parse_seeds, stored_tasks
from blazer.core.errors import UsageError
from blazer.store.records import TraceFilter, TraceRow
from blazer.store.store import Store

PAGE = 50


def command(
    task: str = typer.Option("", "--task", help="Only these tasks, comma-separated."),
    outcome: str = typer.Option("", "--outcome", help="Only these outcomes, comma-separated."),
    seeds: str = typer.Option("", "--seeds", help="Only these seeds: START:STOP or one."),
    run: str = typer.Option("", "--run", help="Only this run."),
    final: bool = typer.Option(False, "--final", help="Only final attempts."),
    limit: int | None = typer.Option(
        None,
        "--limit",
        "-n",
        min=0,
        help="How many of the newest; 0 for all.  [default: 50; all with --json]",
    ),
    store: str = STORE_OPTION,
    as_json: bool = JSON_OPTION,
) -> None:
    """List stored traces."""
    if limit is None:
        # A person wants a page, a script must not miss a line without being told.
        limit = 0 if as_json else PAGE
    wanted = TraceFilter(
        run_id=run or None,
        outcomes=parse_outcomes(outcome),
        seeds=tuple(range(*parse_seeds(seeds))) if seeds else (),
        final_only=final,
        newest_first=True,
        limit=limit or None,
    )
    with Store.open(store, create=False) as opened:
        wanted = wanted.model_copy(update={"tasks": stored_tasks(task, opened.tasks(), opened.place)})
        if run:
            opened.run(run)  # an unknown run is an error, not an empty list
        rows = tuple(reversed(opened.rows(wanted)))
        total = opened.count(wanted.model_copy(update={"limit": None}))
        place = opened.place
    if as_json:
        print_json(rows)
        return
    if not rows:
        raise UsageError(f"no trace in {place} matches; `blazer runs` shows what is stored")
    _print(rows, total)


def _print(rows: tuple[TraceRow, ...], total: int) -> None:
    console = out()
    wide = is_wide(console)
    more = ("sample", "paper", "strict", "model", "tier", "wall s") if wide else ()
    numbers = ("seed", "attempt", "sample", "wall s")
    columns = ("id", "task", "seed", "attempt", "outcome", *more)
    table = make_table(*columns, right=numbers, whole=("id", "task", "outcome"))
    for row in rows:
        attempt = str(row.attempt) + ("" if row.is_final else "…")
        extra = (
            str(row.sample),
            decision_text(row.paper),
            decision_text(row.strict),
            row.coder,
            row.tier,
            f"{row.wall_s:.2f}",
        )
        outcome = outcome_text(row.outcome)
        table.add_row(row.trace_id, row.task, str(row.seed), attempt, outcome, *(extra if wide else ()))
    console.print(table)
    shown = f"the newest {len(rows)} of {total} (--limit 0 for all)" if total > len(rows) else f"{total}"
    say(console, f"{shown} attempts; … marks one that was repaired.")
    say(console, f"Next: {program_name()} traces show {rows[-1].trace_id}")
