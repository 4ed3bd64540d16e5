"""`blazer runs`: what was collected, run by run; one run task by task."""

from __future__ import annotations

import typer

from blazer.cli.collect_settings import is_priced
from blazer.cli.output import JSON_OPTION, STORE_OPTION, is_wide, make_table, out, print_json, rate_text
from blazer.cli.report import print_summary
from blazer.eval.summary import summarise
from blazer.store.records import TraceFilter
from blazer.store.store import Store


def command(
    name: str = typer.Argument("", help="Show this run task by task."),
    store: str = STORE_OPTION,
    as_json: bool = JSON_OPTION,
) -> None:
    """List collecting runs with their success rates."""
    with Store.open(store, create=False) as opened:
        runs = (opened.run(name),) if name else opened.runs()
        summaries = [
            summarise(opened.rows(TraceFilter(run_id=info.run_id)), priced=is_priced(info)) for info in runs
        ]
    if as_json:
        print_json(
            [{**info.model_dump(mode="json"), "summary": s} for info, s in zip(runs, summaries, strict=True)]
        )
        return
    console = out()
    if name:
        print_summary(console, summaries[0])
        return
    numbers = ("episodes", "attempts", "strict") if is_wide(console) else ("episodes", "strict")
    table = make_table("run", "begun", "status", *numbers, right=numbers, whole=("run",))
    for info, summary in zip(runs, summaries, strict=True):
        begun = info.created_at[:16].replace("T", " ")
        attempts = [str(info.traces)] if is_wide(console) else []
        rate = rate_text(summary.overall.strict)
        table.add_row(info.run_id, begun, info.status, str(info.episodes), *attempts, rate)
    console.print(table)
