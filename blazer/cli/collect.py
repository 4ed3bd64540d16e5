"""`blazer collect`: from tasks and seeds to verified traces. The same command again goes on."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from rich.console import Console

from blazer.agents.collect import CollectReport, collect
from blazer.agents.models import unpriced_roles
from blazer.agents.run import CollectConfig
from blazer.cli import run_options as opt
from blazer.cli.collect_settings import Options, is_priced, settings_of
from blazer.cli.collecting import (
    Interrupted,
    check_before,
    missing_episodes,
    opened,
    rows_of,
    run_until_signal,
)
from blazer.cli.output import DEFAULT_STORE, JSON_OPTION, err, out, print_json, program_name, say
from blazer.cli.progress import duration_text
from blazer.cli.report import cost_text, print_summary
from blazer.core.outcomes import Outcome
from blazer.core.records import Record
from blazer.core.seeds import EVALUATION_SEED_RANGE, VERIFY_SEED_RANGE, evaluation_seeds_in
from blazer.eval.summary import RunSummary, summarise
from blazer.store.engine import parse_address
from blazer.store.records import TraceFilter, TraceRow
from blazer.store.store import Store


def command(
    tasks: opt.Tasks = None,
    seeds: opt.Seeds = None,
    samples: opt.Samples = None,
    workers: opt.Workers = None,
    concurrency: opt.Concurrency = None,
    tier: opt.Tier = None,
    repairs: opt.Repairs = None,
    verify_seeds: opt.VerifySeeds = None,
    store: opt.StorePlace = None,
    run: opt.RunName = None,
    model: opt.Models = None,
    base_url: opt.BaseUrl = None,
    api_key_env: opt.ApiKeyEnv = None,
    style: opt.Style = None,
    temperature: opt.Temperature = None,
    price: opt.Price = None,
    cache: opt.Cache = None,
    budget_usd: opt.BudgetUsd = None,
    budget_tokens: opt.BudgetTokens = None,
    budget_calls: opt.BudgetCalls = None,
    config: opt.ConfigFile = None,
    set_: opt.SetPairs = None,
    as_json: bool = JSON_OPTION,
) -> None:
    """Collect traces: plan, write, run and judge programs.

    Without options: the nine training tasks, ten seeds, the built-in scripted model. Whatever
    interrupts it, the same command goes on where it stopped.
    """
    settings = settings_of(
        Options(
            tasks=tasks, seeds=seeds, samples=samples, workers=workers, concurrency=concurrency, tier=tier,
            repairs=repairs, verify_seeds=verify_seeds, store=store, run=run, model=model or (),
            base_url=base_url or (), api_key_env=api_key_env, style=style, temperature=temperature,
            price=price or (), cache=cache, budget_usd=budget_usd, budget_tokens=budget_tokens,
            budget_calls=budget_calls, config=config, set=set_ or (),
        )
    )  # fmt: skip
    run_config = settings.run_config()
    check_before(run_config, settings.store)
    warn_of_seeds(run_config)
    code = run_and_report(run_config, settings.store, as_json=as_json)
    if code:
        raise typer.Exit(code)


def warn_of_seeds(config: CollectConfig) -> None:
    """Say before anything is paid for that what is collected cannot be learnt from."""
    kept = evaluation_seeds_in(config.seed_start, config.seed_stop)
    if kept is not None:
        first, stop = EVALUATION_SEED_RANGE
        say(
            err(),
            f"seeds {kept[0]}:{kept[1]} are of those kept for evaluation ({first}:{stop}): no data set may "
            f"hold these traces, and `dataset build` must leave run {config.resolved_run_id()} out; for "
            f"training, take --seeds below {VERIFY_SEED_RANGE[0]}",
            style="yellow",
        )


def run_and_report(config: CollectConfig, where: str, *, as_json: bool) -> int:
    """Collect what is missing, print what the run came to, and return the exit code."""
    if _is_complete(config, where):
        err().print(f"Run {config.resolved_run_id()} is complete: nothing left to do.", style="green")
        return _report(config, where, None, as_json=as_json)

    async def work() -> CollectReport:
        async with opened(config, where) as run:
            return await collect(config, run.place, run.progress.tell)

    result = run_until_signal(work)
    if isinstance(result, Interrupted):
        with Store.open(where) as store:
            missing = missing_episodes(store, config)
        err().print(
            f"Interrupted: {missing} episodes are left, every finished one is stored.", style="yellow"
        )
        say(err(), f"The same command goes on: {_same_command()}")
        return result.exit_code
    return _report(config, where, result, as_json=as_json)


def _is_complete(config: CollectConfig, where: str) -> bool:
    path = parse_address(where).path
    if path is not None and not path.exists():
        return False
    with Store.open(where) as store:
        return missing_episodes(store, config) == 0


def _same_command() -> str:
    return " ".join([program_name(), *sys.argv[1:]])


def _report(config: CollectConfig, where: str, report: CollectReport | None, *, as_json: bool) -> int:
    with Store.open(where, create=False) as store:
        run_id = config.resolved_run_id()
        everything = store.rows(TraceFilter(run_id=run_id))
        rows = [row for row in rows_of(config, everything) if row.task in config.tasks]
        priced = not unpriced_roles(config.roles) and all(
            is_priced(info) for info in store.runs() if info.run_id == run_id
        )
        summary = summarise(rows, config.tasks, priced=priced)
        missing = missing_episodes(store, config)
        place = store.place
    unfinished = _unfinished(report, everything, priced=priced) if config.language_model else None
    if as_json:
        print_json(
            {
                "run_id": run_id, "store": place, "complete": missing == 0,
                "missing": missing, "summary": summary, "this_call": report, "unfinished": unfinished,
            }
        )  # fmt: skip
    else:
        _print_report(out(), config, report, summary, rows, place)
        if unfinished is not None:
            cost = f", {cost_text(unfinished.cost_usd)}" if priced else ""
            say(out(), f"Also spent, on unfinished attempts: {unfinished.tokens:,} tokens{cost}")
    if report is not None and report.stopped:
        say(err(), f"Stopped: {report.stopped}", style="yellow")
    if missing:
        err().print(f"{missing} episodes are left; the same command goes on with them.", style="yellow")
    return 1 if missing else 0


class Unfinished(Record):
    """What was paid for attempts that are not recorded: the run stopped in them."""

    tokens: int
    cost_usd: float | None


def _unfinished(report: CollectReport | None, rows: Sequence[TraceRow], *, priced: bool) -> Unfinished | None:
    if report is None:
        return None
    spent = report.usage
    tokens = spent.prompt_tokens + spent.completion_tokens
    tokens -= sum(row.prompt_tokens + row.completion_tokens for row in rows)
    cost_usd = max(0.0, spent.cost_usd - sum(row.cost_usd for row in rows)) if priced else None
    return Unfinished(tokens=tokens, cost_usd=cost_usd) if tokens > 0 else None


def _print_report(
    console: Console,
    config: CollectConfig,
    report: CollectReport | None,
    summary: RunSummary,
    rows: Sequence[TraceRow],
    place: str,
) -> None:
    say(console, f"Run {config.resolved_run_id()}", style="bold")
    print_summary(console, summary)
    if report is not None and report.done_now:
        rate = report.done_now / max(report.wall_s, 1e-6)
        console.print(
            f"{report.done_now} episodes in {duration_text(report.wall_s)}: {rate:.1f} episodes/s"
            f" with {config.workers} workers"
        )
    tiers = sorted({row.tier for row in rows} - {"none"})
    say(console, f"Store: {place}" + (f"  (sandbox tier: {', '.join(tiers)})" if tiers else ""))
    _print_next(console, rows, place)


def _print_next(console: Console, rows: Sequence[TraceRow], place: str) -> None:
    blazer = program_name()
    option = "" if place == DEFAULT_STORE else f" --store {place}"
    success = next((row for row in rows if row.outcome is Outcome.SUCCESS), None)
    failure = next((row for row in rows if row.is_final and row.outcome is Outcome.GOAL_NOT_MET), None)
    lines = []
    if failure is not None:
        lines.append((f"{blazer} traces show {failure.trace_id}{option}", "a program that failed, and why"))
    if success is not None:
        lines.append(
            (f"{blazer} replay {success.trace_id} --video out.mp4{option}", "watch one that succeeded")
        )
    lines.append((f"{blazer} verify{option}", "run everything again and compare"))
    lines.append((f"{blazer} export --out traces.jsonl{option}", "take the data along"))
    console.print("Next:")
    width = max(len(text) for text, _ in lines)
    for text, why in lines:
        say(console, f"  {text:<{width}}  # {why}")
