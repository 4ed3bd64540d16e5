"""`blazer bench sandbox`: how fast programs start, call skills and end, in each tier, beside others."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

import blazer
from blazer.cli.counting import Counter
from blazer.cli.output import JSON_OPTION, err, make_table, out, print_json, say
from blazer.cli.sandboxes import named_tier
from blazer.core.errors import UsageError
from blazer.eval.sandbox_bench import Amounts, SandboxFigures, bench_tier
from blazer.eval.verified_episodes import BASE, EpisodeTimes, verified_episodes
from blazer.sandbox.sandbox import TierName

if TYPE_CHECKING:
    from blazer.eval.peers import PeerRow

PEERS_PYTHON = Path("~/.cache/blazer/peers/venv/bin/python")
EVERYDAY = Path(blazer.__file__).parents[1] / "tests" / "attacks" / "everyday"


def command(
    tiers: str = typer.Option("process", "--tiers", help="Any of docker, runsc, process; comma-separated."),
    n: int = typer.Option(
        200, "-n", "--samples", min=4, help="Samples of each timing; a p99 takes 200, and is null below."
    ),
    workers: int = typer.Option(2, "--workers", min=1, help="Of the throughput."),
    episodes: int = typer.Option(
        3, "--episodes", min=0, help="Reference episodes verified on 8 seeds in each tier; 0 leaves them out."
    ),
    everyday: Annotated[
        Path | None,
        typer.Option(
            "--everyday", help="Programs that the policy has to accept; by default the checkout's own."
        ),
    ] = None,
    peers: bool = typer.Option(False, "--peers", help="Also measure others' sandboxes, in the same run."),
    peers_python: Annotated[
        Path, typer.Option("--peers-python", help="The interpreter that `scripts/peers setup` made.")
    ] = PEERS_PYTHON,
    as_json: bool = JSON_OPTION,
) -> None:
    """How fast programs start, call skills and end.

    dispatch: a program is handed over -> the first message of its first line
    is here, with a guest waiting; measured on the host. cold: a guest's start
    -> it has proved its confinement, nothing waiting. round trip: what a
    program waits for a skill that does nothing. policy: 300 lines to the
    confined checker and its findings back. teardown: a guest's end asked for
    -> known to be gone. overshoot: the same of an endless loop, less its
    limit. JSON is an object for one tier and a list for several; null is what
    there were too few samples for, or was not asked for.
    """
    names = _names(tiers)
    if everyday is not None and not everyday.is_dir():
        raise UsageError(f"--everyday {str(everyday)!r} is no directory")
    amounts = amounts_of(n, episodes)
    found = asyncio.run(_run(names, amounts, workers, everyday or (EVERYDAY if EVERYDAY.is_dir() else None)))
    others = _peers(peers_python, n) if peers else ()
    if as_json:
        rows: list[object] = [*found, *others]
        print_json(rows[0] if len(rows) == 1 else rows)
        return
    _show(out(), found)
    if others:
        _show_peers(out(), others)


def amounts_of(n: int, episodes: int) -> Amounts:
    """`n` where a p99 is asked, a fifth where a p95 is; skill calls cost nothing, so there are more."""
    fewer = max(n // 5, 4)
    return Amounts(
        dispatch=n, cold=fewer, calls=10 * n, policy=fewer, programs=n, overshoot=n, episodes=episodes
    )


def _names(text: str) -> list[TierName]:
    names = [named_tier(word.strip()) for word in text.split(",") if word.strip()]
    if not names:
        raise UsageError("--tiers is empty; give docker, runsc or process, comma-separated")
    return list(dict.fromkeys(names))


async def _run(
    names: list[TierName], amounts: Amounts, workers: int, everyday: Path | None
) -> list[SandboxFigures]:
    ours = len(dict.fromkeys([BASE, *names]))
    total = amounts.total() * len(names) + amounts.episodes * ours
    counter = Counter("samples", total)
    with counter.shown():
        times: EpisodeTimes | None = None
        if amounts.episodes:
            times = await verified_episodes(names, amounts.episodes, counter.advance)
        return [
            await bench_tier(
                name, amounts, workers=workers, everyday=everyday, episodes=times, on_sample=counter.advance
            )
            for name in names
        ]


def _peers(python: Path, n: int) -> tuple[PeerRow, ...]:
    # Late: it starts other projects' tools, which most machines do not have.
    from blazer.eval.peers import run_peers  # noqa: PLC0415

    return run_peers(python.expanduser(), n, lambda text: say(err(), text, style="dim"))


_ROWS = (
    ("dispatch p50", "dispatch_ms_p50", "ms"),
    ("dispatch p95", "dispatch_ms_p95", "ms"),
    ("dispatch p99", "dispatch_ms_p99", "ms"),
    ("cold start p50", "cold_ms_p50", "ms"),
    ("cold start p95", "cold_ms_p95", "ms"),
    ("skill round trip p50", "skill_roundtrip_ms_p50", "ms"),
    ("skill round trip p99", "skill_roundtrip_ms_p99", "ms"),
    ("policy, 300 lines, p50", "policy_ms_p50", "ms"),
    ("policy, 300 lines, p95", "policy_ms_p95", "ms"),
    ("teardown p50", "teardown_ms_p50", "ms"),
    ("teardown p99", "teardown_ms_p99", "ms"),
    ("time limit overshot p99", "overshoot_ms_p99", "ms"),
    ("programs", "programs_per_s", "/s"),
    ("verified episode", "verified_episode_s", "s"),
    ("the same to the process tier", "verified_episode_ratio", "x"),
)


def _show(console: Console, found: list[SandboxFigures]) -> None:
    tiers = [figures.tier for figures in found]
    table = make_table("", *tiers, "", right=tiers)
    for title, field, unit in _ROWS:
        cells = [getattr(figures, field) for figures in found]
        table.add_row(title, *("-" if cell is None else f"{cell:.2f}" for cell in cells), unit)
    everyday = [
        "-" if figures.everyday_n is None else f"{figures.everyday_accepted}/{figures.everyday_n}"
        for figures in found
    ]
    table.add_row("everyday programs accepted", *everyday, "")
    console.print(table)
    some = found[0].samples
    say(
        console,
        f"samples: {some.dispatch} dispatch and teardown, {some.cold} cold, {some.calls} round trips, "
        f"{some.policy} policy, {some.overshoot} overshoot, {some.programs} programs by {found[0].workers} "
        f"workers, {some.episodes} verified episodes",
        style="dim",
    )


def _show_peers(console: Console, rows: tuple[PeerRow, ...]) -> None:
    numbers = (
        "cold p50\nms",
        "cold p95\nms",
        "further p50\nms",
        "further p95\nms",
        "per s",
        "promises\nkept",
    )
    table = make_table("as its user sees it", *numbers, right=numbers, whole=("as its user sees it",))
    for row in rows:
        if not row.measured:
            table.add_row(row.name, *["-"] * len(numbers))
            continue
        times = (row.cold_ms_p50, row.cold_ms_p95, row.warm_ms_p50, row.warm_ms_p95, row.programs_per_s)
        kept = f"{sum(promise.kept is True for promise in row.promises)}/{len(row.promises)}"
        table.add_row(row.name, *("-" if value is None else f"{value:.1f}" for value in times), kept)
    console.print(table)
    for row in rows:
        if not row.measured:
            say(console, f"{row.name}: not measured: {row.reason}", style="yellow")
