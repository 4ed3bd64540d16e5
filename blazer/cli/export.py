"""`blazer export`: stored traces to a file that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from blazer.cli.output import JSON_OPTION, STORE_OPTION, out, print_json, say
from blazer.cli.selection import parse_outcomes, stored_tasks
from blazer.core.errors import UsageError
from blazer.store.export import export
from blazer.store.records import TraceFilter
from blazer.store.store import Store

DEFAULT_EXPORT = Path("blazer-data/traces.jsonl")


def command(
    to: Annotated[Path, typer.Option("--out", "-o", help="File to write.")] = DEFAULT_EXPORT,
    format: str = typer.Option("jsonl", "--format", "-f", help="jsonl: one trace a line."),
    task: str = typer.Option("", "--task", help="Only these tasks, comma-separated."),
    outcome: str = typer.Option("", "--outcome", help="Only these outcomes, comma-separated."),
    run: str = typer.Option("", "--run", help="Only this run."),
    final: bool = typer.Option(False, "--final", help="Only final attempts."),
    store: str = STORE_OPTION,
    as_json: bool = JSON_OPTION,
) -> None:
    """Write stored traces to a file."""
    with Store.open(store, create=False) as opened:
        if run:
            opened.run(run)
        wanted = TraceFilter(
            run_id=run or None,
            tasks=stored_tasks(task, opened.tasks(), opened.place),
            outcomes=parse_outcomes(outcome),
            final_only=final,
            latest_only=True,
        )
        if opened.count(wanted) == 0:
            raise UsageError(f"no trace in {opened.place} matches; nothing was written")
        manifest = export(opened, format, to, wanted)
    if as_json:
        print_json(manifest)
        return
    say(out(), f"{manifest.traces} traces, {manifest.bytes / 1e6:.1f} MB: {to}\nsha256 {manifest.sha256}")
