"""Two questions about programs that share a machine: what does a flood cost the host, and a bad neighbour
the good one?"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from statistics import median

from blazer.core.errors import SandboxError
from blazer.core.outcomes import Ending
from blazer.core.records import Record
from blazer.eval.gauges import rss_mb
from blazer.eval.watching import watched_tier
from blazer.sandbox.battery.frame import WorldBox, told
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import Sandbox, TierName

FLOOD_S = 5.0
ROUNDS = 9
SAMPLE_S = 0.02

_PRINTS = "while True:\n    print('x' * 4000)"
_PAST_PRINT = "import os\nwhile True:\n    os.write(1, b'x' * 65536)"
_VICTIM = "total = 0\nfor n in range(1_500_000):\n    total += n % 7\nprint(total)"

NEIGHBOURS: dict[str, tuple[str, bool]] = {
    "flood": (_PRINTS, True),
    "flood_past_print": (_PAST_PRINT, False),
    "loop": ("while True:\n    pass", True),
    "memory": ("x = []\nwhile True:\n    x.append(bytearray(10**7))", True),
    "crash": ("import ctypes\nctypes.string_at(0)", False),
    "calls": ("while True:\n    gripper_pose()", True),
}
"""Name -> program, and whether the policy looks at it."""


class FloodReport(Record):
    """The host while programs write as fast as they can."""

    printed_mb: float
    """Through print, in `seconds`."""
    written_mb: float
    """Straight to the program's own standard output, in `seconds`."""
    seconds: float
    """Of each."""
    host_rss_growth_mb: float
    """Largest resident size meanwhile less that before."""


class NeighbourReport(Record):
    """How much slower an ordinary program is beside a hostile one."""

    alone_ms_p50: float
    beside_ms_p50: dict[str, float]
    """By the kind of neighbour."""
    slowdown: dict[str, float]
    """Ratio less one: 0.2 is a fifth slower."""
    worst_slowdown: float
    rounds: int


async def measure_flood(tier: TierName, seconds: float = FLOOD_S) -> FloodReport:
    """Flood the host both ways.

    Raises:
        SandboxError: the sandbox failed, or the flood did not flow.
    """
    limits = Limits(wall_s=seconds, output_stop_kb=10**9)
    watched = watched_tier(tier, limits)
    peaks = [0.0]
    async with Sandbox(watched, limits=limits, workers=1, backend="fake") as sandbox:
        box = WorldBox(sandbox, fake_instance())
        await box.run("print('warm')")
        before = rss_mb(os.getpid())
        async with _sampled(peaks):
            printed = await box.run(_PRINTS)
            written = await box.run(_PAST_PRINT, policy=False)
    for seen in (printed, written):
        if seen.ending is not Ending.TIME_OUT:
            raise SandboxError(f"the flood ended as {seen.ending} and not at its time: {told(seen)}")
    return FloodReport(
        printed_mb=round(printed.stdout.total_bytes / 2**20, 1),
        written_mb=round(watched.used[-1].stderr_bytes / 2**20, 1),
        seconds=seconds,
        host_rss_growth_mb=round(max(peaks[0] - before, 0.0), 2),
    )


@contextlib.asynccontextmanager
async def _sampled(peaks: list[float]) -> AsyncIterator[None]:
    """Keep this process's largest resident size in `peaks[0]` while the block runs."""

    async def sample() -> None:
        while True:
            peaks[0] = max(peaks[0], rss_mb(os.getpid()))
            await asyncio.sleep(SAMPLE_S)

    task = asyncio.create_task(sample())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def measure_neighbours(tier: TierName, rounds: int = ROUNDS) -> NeighbourReport:
    """Time an ordinary program alone and beside each neighbour, in turns, so that drift meets all alike.

    Raises:
        SandboxError: the sandbox failed.
    """
    limits = Limits(wall_s=2.0, memory_mb=192, skill_calls=10**6, output_stop_kb=10**6)
    times: dict[str, list[float]] = {"": []}
    async with Sandbox(tier, limits=limits, workers=2, backend="fake") as sandbox:
        box = WorldBox(sandbox, fake_instance())
        await box.run(_VICTIM)
        for _ in range(rounds):
            times[""].append(await _victim_ms(box))
            for name, (source, policy) in NEIGHBOURS.items():
                async with _beside(box, source, policy=policy):
                    times.setdefault(name, []).append(await _victim_ms(box))
    alone = median(times.pop(""))
    beside = {name: median(found) for name, found in times.items()}
    slowdown = {name: round(value / alone - 1, 3) for name, value in beside.items()}
    return NeighbourReport(
        alone_ms_p50=round(alone, 2),
        beside_ms_p50={name: round(value, 2) for name, value in beside.items()},
        slowdown=slowdown,
        worst_slowdown=max(slowdown.values()),
        rounds=rounds,
    )


async def _victim_ms(box: WorldBox) -> float:
    seen = await box.run(_VICTIM)
    if seen.ending is not Ending.COMPLETED:
        raise SandboxError(f"the ordinary program ended as {seen.ending}: {told(seen)}")
    return seen.own_s * 1e3


@contextlib.asynccontextmanager
async def _beside(box: WorldBox, source: str, *, policy: bool) -> AsyncIterator[None]:
    """A hostile program in the other worker, again and again, while the block runs.

    Never cancelled: that would end its world, and the next timed program would wait for a new one.
    """
    wanted = True

    async def again() -> None:
        while wanted:
            await box.run(source, policy=policy)

    task = asyncio.create_task(again())
    await asyncio.sleep(0.3)  # until it is under way
    try:
        yield
    finally:
        wanted = False
        await task
        # The guests that it used up are replaced before anything else is timed.
        await asyncio.sleep(0.5)
