"""`blazer verify`: every stored program again; verdicts and final states must agree, all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import typer
from rich.console import Console

from blazer.agents.provenance import code_text, provenance, same_code
from blazer.agents.scripted.model import SCRIPTED
from blazer.cli.counting import Counter
from blazer.cli.output import JSON_OPTION, STORE_OPTION, err, out, print_json, say
from blazer.cli.sandboxes import open_sandbox
from blazer.cli.selection import parse_outcomes, stored_tasks
from blazer.core.errors import UsageError
from blazer.core.records import Provenance
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
        outcomes=parse_outcomes(outcome),
        latest_only=True,
        newest_first=True,
        limit=limit or None,
    )
    with Store.open(store, create=False) as opened:
        wanted = wanted.model_copy(update={"tasks": stored_tasks(task, opened.tasks(), opened.place)})
        if run:
            opened.run(run)
        count = opened.count(wanted)
        if count == 0:
            raise UsageError(f"no trace in {opened.place} matches; there is nothing to verify")
        integrity = opened.check()
        for problem in integrity.problems:
            say(err(), problem, style="red")
        report, now = ReverifyReport(results=()), None
        if integrity.ok:
            report, now = asyncio.run(_verify(opened, wanted, count, tier, workers, quiet=as_json))
    others = [made for made in report.recorded_with if now is not None and not same_code(made, now)]
    if as_json:
        print_json({**_plain(report, integrity), "now": now, "recorded_with_other_code": others})
    else:
        if now is not None and others:
            say(out(), _code_line(others, now), style="yellow")
        _print(out(), report, integrity)
    if not integrity.ok or not report.all_agree:
        raise typer.Exit(1)


async def _verify(
    store: Store, wanted: TraceFilter, count: int, tier: str, workers: int, *, quiet: bool
) -> tuple[ReverifyReport, Provenance]:
    language_model = any(row.coder != SCRIPTED for row in store.rows(wanted))
    counter = Counter("traces", count)
    async with open_sandbox(tier, workers, language_model=language_model, quiet=quiet) as sandbox:
        now = provenance(sandbox.about["backend"], sandbox.about["backend_version"])
        with counter.shown():
            return await reverify(store.traces(wanted), sandbox, workers, counter.advance), now


def _code_line(others: Sequence[Provenance], now: Provenance) -> str:
    texts = dict.fromkeys(code_text(made) for made in others)
    return f"recorded with {' and '.join(texts)}; now {code_text(now)}: differences may be the code's"


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
