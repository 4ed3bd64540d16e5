"""`blazer batch export`: drive a run as far as known answers carry it, write what it asks next."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from blazer.agents.batch import ExportReport, export_requests
from blazer.agents.run import CollectConfig
from blazer.cli import run_options as opt
from blazer.cli.collect_settings import Options, settings_of
from blazer.cli.collecting import Interrupted, check_before, opened, run_until_signal
from blazer.cli.output import DEFAULT_STORE, JSON_OPTION, err, out, print_json, program_name, say
from blazer.core.errors import UsageError

DEFAULT_REQUESTS = Path("blazer-data/requests.jsonl")
Requests = Annotated[Path, typer.Option("--out", "-o", help="Where the requests go, .jsonl.")]


def command(
    to: Requests = DEFAULT_REQUESTS,
    tasks: opt.Tasks = None,
    seeds: opt.Seeds = None,
    samples: opt.Samples = None,
    workers: opt.Workers = None,
    tier: opt.Tier = None,
    repairs: opt.Repairs = None,
    verify_seeds: opt.VerifySeeds = None,
    store: opt.StorePlace = None,
    run: opt.RunName = None,
    model: opt.Models = None,
    temperature: opt.Temperature = None,
    config: opt.ConfigFile = None,
    set_: opt.SetPairs = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Write a run's open requests as an OpenAI batch file.

    Needs no key and no network: the file is answered elsewhere. Planner, coder and repair follow
    one another, so a run takes a few rounds; `blazer batch import` writes the next one.
    """
    settings = settings_of(
        Options(
            tasks=tasks, seeds=seeds, samples=samples, workers=workers, tier=tier, repairs=repairs,
            verify_seeds=verify_seeds, store=store, run=run, model=model or (), temperature=temperature,
            config=config, set=[*(set_ or ()), "answers=batch"],
        )
    )  # fmt: skip
    run_config = settings.run_config()
    if not run_config.language_model:
        raise UsageError("a batch is for language models; name one, such as --model coder=gpt-4.1")
    check_before(run_config, settings.store)
    write_round(run_config, settings.store, to, as_json=as_json)


def write_round(config: CollectConfig, where: str, to: Path, *, as_json: bool) -> None:
    """Carry the run on, write the requests it then waits for, and say what to do with them."""

    async def work() -> ExportReport:
        async with opened(config, where) as run:
            return await export_requests(config, run.place, to, run.progress.tell)

    result = run_until_signal(work)
    if isinstance(result, Interrupted):
        err().print("Interrupted; the same command goes on.", style="yellow")
        raise typer.Exit(result.exit_code)
    if as_json:
        print_json(result)
        return
    console = out()
    done = result.run.done_before + result.run.done_now
    say(console, f"Run {result.run.run_id}: {done} of {result.run.total} episodes complete")
    if result.run.infra_errors:
        console.print(
            f"{result.run.infra_errors} episodes failed in the infrastructure; the same command tries again"
        )
    if result.requests == 0:
        say(console, f"No request is open.  Next: {program_name()} runs {result.run.run_id}")
        return
    option = "" if where == DEFAULT_STORE else f" --store {where}"
    say(console, f"{result.requests} requests: {to}")
    say(console, f"Next: have them answered, then {program_name()} batch import ANSWERS.jsonl{option}")
