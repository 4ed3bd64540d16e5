"""`blazer bench soak`: thousands of programs, bad ones among them; what is wrong, and what grows?"""

from __future__ import annotations

import asyncio

import typer
from rich.console import Console
from rich.text import Text

from blazer.cli.counting import Counter
from blazer.cli.output import JSON_OPTION, displayed, make_table, out, print_json, say
from blazer.cli.sandboxes import named_tier
from blazer.core.errors import UsageError
from blazer.eval.gauges import Gauge
from blazer.eval.soak import SoakReport, soak

LEAST = 100
"""Fewer programs than this hold not every kind."""


def command(
    n: int = typer.Option(10_000, "-n", "--programs", min=LEAST, help="How many programs."),
    workers: int = typer.Option(2, "--workers", min=1),
    tier: str = typer.Option("process", "--tier", help="Sandbox tier: docker, runsc or process."),
    seed: int = typer.Option(0, "--seed", min=0, help="Of the order of the programs."),
    every_s: float = typer.Option(
        2.0, "--every-s", min=0.05, help="Longest time between samples of what is in use."
    ),
    phases: bool = typer.Option(
        True, "--phases/--no-phases", help="Also measure the host under a flood, and bad neighbours."
    ),
    as_json: bool = JSON_OPTION,
) -> None:
    """Thousands of programs, bad ones among them: what ends wrong, what grows?

    A fixed mix in every hundred: ordinary programs, and loops, memory bombs,
    floods, crashes, early exits, breaches of the channel's rules, refusals.
    Every ending is compared with the one that it must have, every output with
    the number that the program was given. Memory, descriptors, threads,
    processes, containers and temporary files are sampled; the report states
    the rule by which they are called flat. Ends with 1 if anything was wrong,
    grew or was left behind.
    """
    counter = Counter("programs", n)
    try:
        with counter.shown():
            report = asyncio.run(
                soak(
                    n,
                    tier=named_tier(tier),
                    workers=workers,
                    seed=seed,
                    every_s=every_s,
                    phases=phases,
                    on_program=counter.advance,
                )
            )
    except ValueError as error:
        raise UsageError(f"{error}; give a shorter --every-s or more programs (-n)") from None
    if as_json:
        print_json(report)
    else:
        _show(out(), report)
    if not report.ok:
        raise typer.Exit(1)


def _show(console: Console, report: SoakReport) -> None:
    right = ("first", "last", "max", "slope/1000", "growth", "allowed")
    table = make_table("in use", *right, "", right=right)
    for gauge in report.gauges:
        table.add_row(gauge.name, *_numbers(gauge), _mark(gauge.flat, "flat", "grew"))
    console.print(table)
    say(console, report.rule, style="dim")
    for item in report.wrong:
        wanted = " or ".join(item.expected)
        text = f"program {item.number}, {item.kind}: {item.ending} instead of {wanted}: {item.why}"
        say(console, displayed(text), style="red")
    left = ", ".join(f"{count} {name}" for name, count in report.left_behind.items() if count)
    say(console, f"left behind: {left or 'nothing'}", style="red" if left else None)
    if report.flood is not None:
        flood = report.flood
        say(
            console,
            f"flood: {flood.printed_mb:.0f} MB printed and {flood.written_mb:.0f} MB written past print in "
            f"{flood.seconds:g} s each; the host grew by {flood.host_rss_growth_mb:.1f} MB",
        )
    if report.neighbours is not None:
        slower = ", ".join(f"{name} {value:+.0%}" for name, value in report.neighbours.slowdown.items())
        say(console, f"an ordinary program beside a bad one: {slower}")
    style = "green" if report.ok else "red"
    say(
        console,
        f"{report.programs} programs in the {report.tier} tier, {report.workers} workers, "
        f"{report.programs_per_s:.1f}/s: {report.wrong_n} wrong endings, {report.infra_errors} of them "
        f"infrastructure; {report.cross_talk} crossed",
        style=style,
    )


def _numbers(gauge: Gauge) -> list[str]:
    values = (gauge.first, gauge.last, gauge.max, gauge.slope_per_1000, gauge.growth, gauge.allowed)
    return [f"{value:.1f}" for value in values]


def _mark(good: bool, yes: str, no: str) -> Text:
    return Text(yes if good else no, style="green" if good else "red")
