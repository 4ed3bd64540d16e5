"""A long run of mixed programs: does every one end as it must, and does nothing grow?

Covers: endings against the known ones, output and skill calls that reached the wrong run, growth of
memory and of everything countable, what is left when the sandbox is closed; and, in two short phases
of their own, the host's memory under a flood and how much hostile neighbours slow an ordinary program.
Does not cover: faults of the machine (`tests/faults`), or what programs may reach (`blazer sandbox
selfcheck`). Programs run on the world without physics: this is about the sandbox, not the robot.
"""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from blazer.core.outcomes import Ending
from blazer.core.records import Record
from blazer.eval.gauges import MIN_SAMPLES, RULE, Containers, Gauge, Sampler, descendants, gauges_of
from blazer.eval.lanes import run_lanes
from blazer.eval.neighbours import FloodReport, NeighbourReport, measure_flood, measure_neighbours
from blazer.eval.soak_programs import SOAK_LIMITS, SoakProgram, soak_programs
from blazer.sandbox.battery.frame import Seen, WorldBox, told
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.sandbox import Sandbox, TierName

LEFT_WAIT_S = 20.0
"""What is left behind is counted once this has passed, or nothing is left."""
LISTED = 20
"""Wrong endings that are listed; all are counted."""


class WrongEnding(Record):
    """A program that did not end as it must."""

    number: int
    kind: str
    expected: tuple[Ending, ...]
    ending: Ending | None
    why: str


class SoakReport(Record):
    """What became of the programs, and of the machine's resources."""

    tier: str
    programs: int
    workers: int
    seed: int
    elapsed_s: float
    programs_per_s: float
    ok: bool
    """Nothing wrong, nothing crossed, nothing grew, nothing left."""
    wrong_n: int
    wrong: tuple[WrongEnding, ...]
    """The first few."""
    infra_errors: int
    """Of `wrong_n`: the sandbox's own failures."""
    cross_talk: int
    """Programs that got output or calls of another."""
    endings: dict[str, dict[str, int]]
    """Kind of program -> ending -> how many."""
    gauges: tuple[Gauge, ...]
    rule: str
    left_behind: dict[str, int]
    """After the sandbox was closed: processes, containers, descriptors, threads, temporary files beyond
    those of before."""
    flood: FloodReport | None
    neighbours: NeighbourReport | None


class _Tally:
    """Keeps count while programs end."""

    def __init__(self) -> None:
        self.done = self.cross_talk = self.wrong_n = self.infra_errors = 0
        self.wrong: list[WrongEnding] = []
        self.endings: dict[str, Counter[str]] = {}

    def add(self, program: SoakProgram, seen: Seen) -> None:
        """Judge one."""
        self.done += 1
        kind = program.kind
        self.endings.setdefault(kind.name, Counter())[str(seen.ending)] += 1
        self.infra_errors += seen.ending is Ending.INFRASTRUCTURE
        why = "" if seen.ending in kind.endings else told(seen)
        crossed, silent = crossing(program, seen)
        self.cross_talk += crossed
        if crossed:
            why = "output or a call of another program is in its record"
        elif silent and not why:
            why = f"its own number is missing from {seen.text[:100]!r}"
        if why:
            self.wrong_n += 1
            if len(self.wrong) < LISTED:
                self.wrong.append(
                    WrongEnding(
                        number=program.number,
                        kind=kind.name,
                        expected=kind.endings,
                        ending=seen.ending,
                        why=why[:400],
                    )
                )


def crossing(program: SoakProgram, seen: Seen) -> tuple[bool, bool]:
    """Whether anything of another program is in its record, and whether its own number is missing."""
    arguments = " ".join(str(call.arguments) for call in seen.calls)
    tokens = set(re.findall(r"run-([0-9a-f]{16})", f"{seen.text} {arguments}"))
    missing = program.kind.speaks and program.token not in tokens
    return bool(tokens - {program.token}), missing


class _Before(NamedTuple):
    descriptors: int
    threads: int
    processes: frozenset[int]

    @classmethod
    def now(cls) -> _Before:
        return cls(
            len(os.listdir("/proc/self/fd")),  # noqa: PTH208  (counted, not walked)
            threading.active_count(),
            frozenset(descendants(os.getpid())),
        )


async def soak(
    count: int,
    *,
    tier: TierName = "process",
    workers: int = 2,
    seed: int = 0,
    every_s: float = 2.0,
    phases: bool = True,
    on_program: Callable[[], None] = lambda: None,
) -> SoakReport:
    """Run `count` programs, `workers` at a time, and report.

    Args:
        count: How many; twice `MIN_SAMPLES` at least, or nothing can be said about growth.
        tier: Which sandbox.
        workers: How many at a time.
        seed: Of their order.
        every_s: Longest time between samples.
        phases: Also measure the flood and the neighbours.
        on_program: Called as each ends.

    Raises:
        SandboxError: the sandbox cannot be had.
        ValueError: too few programs to judge growth by.
    """
    if count < 2 * MIN_SAMPLES:
        raise ValueError(f"{count} programs say nothing about growth; give {2 * MIN_SAMPLES} or more")
    # First, so that what fails here does not cost the long run that follows.
    flood = await measure_flood(tier) if phases else None
    neighbours = await measure_neighbours(tier) if phases else None
    tally, containers = _Tally(), None if tier in ("process", "none") else Containers()
    with _temporary_folder() as folder:
        before = _Before.now()
        sampler = Sampler(lambda: tally.done, folder, containers)
        async with Sandbox(tier, limits=SOAK_LIMITS, workers=workers, backend="fake") as sandbox:
            began_s = time.monotonic()
            async with sampler.running(every_s, max(1, count // (2 * MIN_SAMPLES))):
                await _run(sandbox, soak_programs(count, seed), workers, tally, on_program)
            elapsed_s = time.monotonic() - began_s
        left = await _left_behind(before, containers, folder)
    gauges = gauges_of(sampler.samples)
    grew = [gauge for gauge in gauges if not gauge.flat]
    return SoakReport(
        tier=tier,
        programs=tally.done,
        workers=workers,
        seed=seed,
        elapsed_s=round(elapsed_s, 2),
        programs_per_s=round(tally.done / elapsed_s, 2),
        ok=not (tally.wrong_n or grew or any(left.values())),
        wrong_n=tally.wrong_n,
        wrong=tuple(tally.wrong),
        infra_errors=tally.infra_errors,
        cross_talk=tally.cross_talk,
        endings={kind: dict(found) for kind, found in sorted(tally.endings.items())},
        gauges=gauges,
        rule=RULE,
        left_behind=left,
        flood=flood,
        neighbours=neighbours,
    )


async def _run(
    sandbox: Sandbox,
    programs: Iterator[SoakProgram],
    workers: int,
    tally: _Tally,
    on_program: Callable[[], None],
) -> None:
    box = WorldBox(sandbox, fake_instance())

    async def lane() -> None:
        for program in programs:
            tally.add(program, await box.run(program.source, policy=program.kind.policy))
            on_program()

    await run_lanes(workers, lane)


async def _left_behind(before: _Before, containers: Containers | None, folder: Path) -> dict[str, int]:
    """What is more than before, given a while to go."""
    deadline_s = time.monotonic() + LEFT_WAIT_S
    while True:
        now = _Before.now()
        left = {
            "processes": len(now.processes - before.processes),
            "containers": 0 if containers is None else (await containers.look())[0],
            # The loop's own threads for blocking calls stay, and are few.
            "descriptors": max(now.descriptors - before.descriptors, 0),
            "temporary_files": sum(len(files) for _, _, files in os.walk(folder)),
        }
        if not any(left.values()) or time.monotonic() > deadline_s:
            return left
        await asyncio.sleep(0.2)


@contextmanager
def _temporary_folder() -> Iterator[Path]:
    """Temporary files of this process and its children go there meanwhile, and can be counted."""
    with tempfile.TemporaryDirectory(prefix="blazer-soak-") as name:
        kept, kept_variable = tempfile.tempdir, os.environ.get("TMPDIR")
        tempfile.tempdir = os.environ["TMPDIR"] = name
        try:
            yield Path(name)
        finally:
            tempfile.tempdir = kept
            if kept_variable is None:
                del os.environ["TMPDIR"]
            else:
                os.environ["TMPDIR"] = kept_variable
