"""`blazer batch import`: take answers from anywhere and carry the run on to verdicts."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from blazer.agents.batch import ImportReport, import_answers
from blazer.agents.run import CollectConfig
from blazer.cli.batch_export import DEFAULT_REQUESTS, Requests, write_round
from blazer.cli.collecting import check_before, state_dir_of
from blazer.cli.output import JSON_OPTION, STORE_OPTION, err, say
from blazer.core.errors import UsageError
from blazer.store.records import RunInfo
from blazer.store.store import Store


def command(
    answers: Annotated[Path, typer.Argument(help="Output file of the batch, JSONL.")],
    to: Requests = DEFAULT_REQUESTS,
    run: str = typer.Option("", "--run", help="The run to carry on; needed if the store has several."),
    store: str = STORE_OPTION,
    as_json: bool = JSON_OPTION,
) -> None:
    """Take a batch's answers and continue the run.

    What the run asks next, if anything, is written to --out as the next round. Ends with 2 if no
    line is an answer, and nothing is done then; with 1 if some lines are not, after the others
    were used.
    """
    with Store.open(store, create=False) as opened:
        info = _batch_run(opened, run)
    # By its name: a run that was named by its code is to go on when the code has changed meanwhile.
    config = CollectConfig.model_validate(info.config["settings"] | {"run_id": info.run_id})
    if not answers.is_file():
        raise UsageError(f"no file {answers}; give the output file of the batch")
    check_before(config, store)
    report = import_answers(answers, state_dir_of(store))
    if not report.kept + report.known_before + len(report.unknown_ids):
        bad = report.bad_lines
        why = (
            f": {len(bad)} bad lines, the first (line {bad[0].number}) {bad[0].why}"
            if bad
            else ", it is empty"
        )
        raise UsageError(f"{answers} holds no answer{why}; give the output file of the batch")
    _say(report)
    write_round(config, store, to, as_json=as_json)
    if report.bad_lines:
        raise typer.Exit(1)


def _batch_run(store: Store, name: str) -> RunInfo:
    runs = [info for info in store.runs() if info.config.get("settings", {}).get("answers") == "batch"]
    if name:
        runs = [store.run(name)]
        if runs[0].config.get("settings", {}).get("answers") != "batch":
            raise UsageError(f"run {name!r} asks its models itself; `blazer batch export` begins a batch run")
    if not runs:
        raise UsageError(f"no batch run in {store.place}; `blazer batch export` begins one")
    if len(runs) > 1:
        raise UsageError(
            f"several batch runs in {store.place}: {', '.join(r.run_id for r in runs)}; give --run"
        )
    return runs[0]


def _say(report: ImportReport) -> None:
    console = err()
    say(console, f"{report.kept} answers taken, {report.known_before} were known")
    for bad in report.bad_lines[:10]:
        say(console, f"line {bad.number} is of no use: {bad.why}", style="yellow")
    if len(report.bad_lines) > 10:
        console.print(f"and {len(report.bad_lines) - 10} more such lines", style="yellow")
    if report.unknown_ids:
        shown = ", ".join(report.unknown_ids[:3])
        say(
            console,
            f"{len(report.unknown_ids)} answers are to no request of this store ({shown}, ...)",
            style="yellow",
        )
