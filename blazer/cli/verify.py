"""`blazer verify`: every stored program again; verdicts and final states must agree, all of them."""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console

from blazer.agents.scripted.model import SCRIPTED
from blazer.cli.counting import Counter
from blazer.cli.output import JSON_OPTION, STORE_OPTION, err, out, print_json, say
from blazer.cli.sandboxes import open_sandbox
from blazer.cli.selection import parse_outcomes, split_names
from blazer.core.errors import UsageError
from blazer.eval.reverify import Agreement, ReverifyReport, reverify
from blazer.store.records import IntegrityReport, TraceFilter
from blazer.store.store import Store


def command(
    task: str = typer.Option("", "--task", help="Only these tasks, comma-separated."),
    outcome: str = typer.Option("", "--outcome", help="Only these outcomes, comma-separated."),
    run: str = typer.Option("", "--run", help="Only this run."),
    limit: int = typer.Option(0, "--limit", "-n", min=0, help="Only the newest so many; 0 for all."),
    tier: str = typer.Option("auto", "--tier", help="Sandbox tier: auto, docker, runsc or process."),
    workers: int = typer.Option(2, "--workers", min=1),
    store: str = STORE_OPTION,
    as_json: bool = JSON_OPTION,
) -> None:
    """Run every stored program again and compare the verdicts.

    Checks first that nothing in the store was altered. Ends with 0 only if everything agrees.
    """
    wanted = TraceFilter(
        run_id=run or None,
        tasks=split_names(task),
        outcomes=parse_outcomes(outcome),
        latest_only=True,
        newest_first=True,
        limit=limit or None,
    )
    with Store.open(store, create=False) as opened:
        if run:
            opened.run(run)
        count = opened.count(wanted)
        if count == 0:
            raise UsageError(f"no trace in {opened.place} matches; there is nothing to verify")
        integrity = opened.check()
        for problem in integrity.problems:
            say(err(), problem, style="red")
        report = ReverifyReport(results=())
        if integrity.ok:
            report = asyncio.run(_verify(opened, wanted, count, tier, workers, quiet=as_json))
    if as_json:
        print_json(_plain(report, integrity))
    else:
        _print(out(), report, integrity)
    if not integrity.ok or not report.all_agree:
        raise typer.Exit(1)


async def _verify(
    store: Store, wanted: TraceFilter, count: int, tier: str, workers: int, *, quiet: bool
) -> ReverifyReport:
    language_model = any(row.coder != SCRIPTED for row in store.rows(wanted))
    counter = Counter("traces", count)
    async with open_sandbox(tier, workers, language_model=language_model, quiet=quiet) as sandbox:
        with counter.shown():
            return await reverify(store.traces(wanted), sandbox, workers, counter.advance)


def _plain(report: ReverifyReport, integrity: IntegrityReport) -> dict[str, object]:
    return {
        "rows_checked": integrity.rows,
        "damaged": integrity.problems,
        **{agreement.value: report.count(agreement) for agreement in Agreement},
        "all_agree": report.all_agree,
        "differing": [item for item in report.results if item.agreement is Agreement.DIFFERS],
    }


def _print(console: Console, report: ReverifyReport, integrity: IntegrityReport) -> None:
    if not integrity.ok:
        console.print(
            f"{len(integrity.problems)} of {integrity.rows} rows are damaged; nothing was run", style="red"
        )
        return
    for item in report.results:
        if item.agreement is Agreement.DIFFERS:
            say(
                console,
                f"{item.trace_id} {item.task} seed {item.seed}: {'; '.join(item.differences)}",
                style="red",
            )
    agree, differ = report.count(Agreement.AGREES), report.count(Agreement.DIFFERS)
    idle = report.count(Agreement.NOTHING_TO_RUN)
    rest = f"; {idle} attempts had nothing to run (no program in the reply, or undecided)" if idle else ""
    if agree + differ == 0:
        say(console, f"nothing could be run again{rest}", style="red")
        return
    style = "green" if differ == 0 else "red"
    say(
        console,
        f"{agree} of {agree + differ} programs run again agree in outcome, verdict and final state{rest}",
        style=style,
    )
