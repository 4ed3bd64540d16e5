"""`blazer eval`: models beside each other on held-out seeds. The same command again goes on."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from blazer.cli.collecting import Interrupted, open_run, run_until_signal
from blazer.cli.eval_settings import Options, settings_of
from blazer.cli.output import JSON_OPTION, err, make_table, out, print_json, program_name, say
from blazer.eval.evaluation.document import Table
from blazer.eval.evaluation.evaluate import evaluate
from blazer.eval.evaluation.pictures import require_matplotlib
from blazer.eval.evaluation.report import write_report
from blazer.eval.evaluation.result import Evaluation
from blazer.eval.evaluation.sections import (
    comparison_table,
    cost_table,
    failure_table,
    pass_table,
    success_table,
)
from blazer.eval.evaluation.settings import EvalModel

DEFAULT_OUT = Path("blazer-data/eval")
_MODELS, _MORE = "Models", "Settings"


def command(
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            help="NAME=MODEL, may be repeated: scripted, hf:DIRECTORY, hf:org/name, or an endpoint's model.",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    tasks: Annotated[
        str | None,
        typer.Option(
            "--tasks",
            help="pool, outside, all, names or task files (.json); comma-separated. By default pool.",
        ),
    ] = None,
    seeds: Annotated[
        str | None, typer.Option("--seeds", help="START:STOP, of those kept for it.  [2000000:2000100]")
    ] = None,
    samples: Annotated[
        int | None, typer.Option("--samples", help="1: greedy. More: drawn, for pass@k.  [1]")
    ] = None,
    temperature: Annotated[
        float | None, typer.Option("--temperature", help="Of several samples.  [0.8]")
    ] = None,
    compare: Annotated[
        list[str] | None,
        typer.Option(
            "--compare",
            help="FIRST,SECOND: the second against the first, may be repeated. By default each model against "
            "the first, and against the one before it.",
        ),
    ] = None,
    to: Annotated[
        Path, typer.Option("--out", "-o", help="Directory of traces, figures and report.")
    ] = DEFAULT_OUT,
    repairs: Annotated[
        list[str] | None,
        typer.Option(
            "--repairs",
            help="NAME=N: how often a failed program goes back to that model.  [0]",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    style: Annotated[
        list[str] | None,
        typer.Option(
            "--style",
            help="NAME=full or NAME=brief: how that model is asked. By default as it was trained, or full.",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    planner: Annotated[
        list[str] | None,
        typer.Option(
            "--planner",
            help="NAME=MODEL: who plans for that model. By default itself.",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    base_url: Annotated[
        list[str] | None,
        typer.Option(
            "--base-url", help="NAME=URL: OpenAI-compatible endpoint of that model.", rich_help_panel=_MODELS
        ),
    ] = None,
    api_key_env: Annotated[
        list[str] | None,
        typer.Option(
            "--api-key-env",
            help="NAME=VARIABLE that holds its key.  [OPENAI_API_KEY]",
            rich_help_panel=_MODELS,
        ),
    ] = None,
    tier: Annotated[
        str | None,
        typer.Option("--tier", help="Sandbox tier: auto, docker, runsc or process. By default auto."),
    ] = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Sandbox workers.  [2]")] = None,
    concurrency: Annotated[int | None, typer.Option("--concurrency", help="Episodes in flight.")] = None,
    config: Annotated[
        Path | None, typer.Option("--config", help="YAML, TOML or JSON file.", rich_help_panel=_MORE)
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="KEY=VALUE, such as resamples=2000.", rich_help_panel=_MORE),
    ] = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Evaluate models on held-out seeds and compare them.

    Success with intervals, paired comparison, failure mix, cost; a report in Markdown and HTML with
    pictures. One program an episode unless --repairs says more. Whatever interrupts it, the same
    command goes on.
    """
    settings = settings_of(
        Options(
            model=model or (), repairs=repairs or (), style=style or (), planner=planner or (),
            base_url=base_url or (), api_key_env=api_key_env or (), tasks=tasks, seeds=seeds,
            samples=samples, temperature=temperature, compare=compare or (), tier=tier, workers=workers,
            concurrency=concurrency, config=config, set=set_ or (),
        )
    )  # fmt: skip
    require_matplotlib()  # before hours of episodes

    async def work() -> Evaluation:
        return await evaluate(settings, open_run, to, _announce)

    found = run_until_signal(work)
    if isinstance(found, Interrupted):
        say(err(), f"Interrupted; the same command goes on: {' '.join([program_name(), *sys.argv[1:]])}")
        raise typer.Exit(found.exit_code)
    files = write_report(found, to)
    if as_json:
        print_json({**found.model_dump(mode="json"), "files": [str(path) for path in files]})
    else:
        _print(out(), found, files)


def _announce(model: EvalModel, missing: int) -> None:
    left = f"{missing} episodes to run" if missing else "every episode is there"
    say(err(), f"{model.name} = {model.spec}: {left}")


def _print(console: Console, evaluation: Evaluation, files: list[Path]) -> None:
    _table(console, "strict success in percent, 95 % intervals", success_table(evaluation))
    if evaluation.settings.samples > 1:
        _table(console, "pass@k in percent, mean over tasks", pass_table(evaluation))
    if evaluation.comparisons:
        _table(console, "paired, in points", comparison_table(evaluation.comparisons))
    _table(console, "failures, percent of episodes", failure_table(evaluation))
    _table(console, "cost of a strict success", cost_table(evaluation))
    for model in evaluation.models:
        say(console, f"{model.name}: {model.seeds_check}", style="dim")
    for note in evaluation.notes:
        say(console, note, style="yellow")
    for path in files:
        say(console, str(path), style="green")


def _table(console: Console, title: str, found: Table) -> None:
    if not found.rows:
        return
    say(console, title, style="bold")
    table = make_table(*found.columns, right=found.columns[1:], whole=found.columns[:1])
    for index, row in enumerate(found.rows):
        table.add_row(*row, style="bold" if index in found.strong else None)
    console.print(table)
