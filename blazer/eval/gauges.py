"""What a long run of the sandbox holds on to, sampled over time: memory, descriptors, processes, containers.

Sees this process and its descendants, the containers that this process owns, and the temporary files
of a directory made for the run. Memory of processes in containers is seen where the daemon runs on this
machine. Whether a series is flat is decided by `RULE`, and by nothing that was seen before.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import AsyncIterator, Callable
from math import inf
from pathlib import Path
from statistics import fmean, median
from typing import Any, NamedTuple

from blazer.core.records import Record

ALLOWED_MB = 5.0
ALLOWED_SHARE = 0.05
ALLOWED_COUNT = 2.0
RULE = (
    "flat: the median of the last quarter of the samples exceeds that of the second quarter by at most "
    f"{ALLOWED_MB:g} MB or {ALLOWED_SHARE:.0%}, whichever is more, for memory, and by at most "
    f"{ALLOWED_COUNT:g} for counts; the first quarter is warm-up"
)
MIN_SAMPLES = 8
POLL_S = 0.02

WORLD = "blazer.sandbox.world"
"""In the command line of a world."""


class Sample(NamedTuple):
    """Every gauge at one moment; None where it cannot be seen."""

    at_s: float
    done: int
    host_rss_mb: float
    world_rss_mb: float | None
    descriptors: float
    threads: float
    processes: float
    containers: float | None
    temporary_files: float


GAUGES = Sample._fields[2:]


class Gauge(Record):
    """One series, summed up."""

    name: str
    first: float
    last: float
    max: float
    slope_per_1000: float
    """Least squares over the samples after the warm-up, per 1,000 programs."""
    growth: float
    """Median of the last quarter less that of the second."""
    allowed: float
    flat: bool
    samples: int


class Sampler:
    """Takes samples while programs run.

    Args:
        done: How many programs have ended.
        folder: Where temporary files of the run go.
        containers: Containers of ours with the pids of those that are worlds; None without a daemon.
    """

    def __init__(self, done: Callable[[], int], folder: Path, containers: Containers | None) -> None:
        self._done, self._folder, self._containers = done, folder, containers
        self._began_s = time.monotonic()
        self.samples: list[Sample] = []

    @contextlib.asynccontextmanager
    async def running(self, every_s: float, every_n: float = inf) -> AsyncIterator[None]:
        """Sample while the block runs, and once at its end.

        Args:
            every_s: After so many seconds.
            every_n: After so many programs, where that is sooner: a short run is judged too.
        """

        async def sample() -> None:
            while True:
                await self.take()
                until_s, goal = time.monotonic() + every_s, self._done() + every_n
                while time.monotonic() < until_s and self._done() < goal:
                    await asyncio.sleep(min(every_s, POLL_S))

        task = asyncio.create_task(sample())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        await self.take()

    async def take(self) -> Sample:
        """One sample, now."""
        number: int | None = None
        worlds: list[int] = []
        if self._containers is not None:
            number, worlds = await self._containers.look()
        family = descendants(os.getpid())
        worlds += [pid for pid in family if WORLD in command_of(pid)]
        sample = Sample(
            at_s=round(time.monotonic() - self._began_s, 3),
            done=self._done(),
            host_rss_mb=rss_mb(os.getpid()),
            world_rss_mb=max(map(rss_mb, worlds)) if worlds else None,
            descriptors=len(os.listdir("/proc/self/fd")),  # noqa: PTH208  (counted, not walked)
            threads=threading.active_count(),
            processes=len(family),
            containers=number,
            temporary_files=sum(len(files) for _, _, files in os.walk(self._folder)),
        )
        self.samples.append(sample)
        return sample


class Containers:
    """The containers that this process owns, as its daemon tells.

    A connection for each look, closed after it: descriptors are counted too.

    Raises:
        SandboxUnavailable: no daemon answers.
    """

    def __init__(self) -> None:
        # Late: the SDK is heavy, and the process tier does without it.
        from blazer.sandbox.docker_client import OWNER_LABEL, connect, owner  # noqa: PLC0415

        self._connect = connect
        self._wanted = {"label": f"{OWNER_LABEL}={owner()}"}
        self._pids: dict[str, int] = {}
        self._look()

    async def look(self) -> tuple[int, list[int]]:
        """How many there are, and the pids of the worlds among them that can be seen from here."""
        return await asyncio.to_thread(self._look)

    def _look(self) -> tuple[int, list[int]]:
        with contextlib.closing(self._connect()) as client:
            found = client.api.containers(all=True, filters=self._wanted)
            worlds = [item["Id"] for item in found if WORLD in item["Command"]]
            self._pids = {name: self._pids.get(name) or _pid(client, name) for name in worlds}
        return len(found), [pid for pid in self._pids.values() if pid and rss_mb(pid) > 0]


def _pid(client: Any, name: str) -> int:
    from docker.errors import DockerException  # noqa: PLC0415  (see above)

    try:
        return int(client.api.inspect_container(name)["State"]["Pid"])
    except DockerException:
        return 0  # gone since


def gauges_of(samples: list[Sample]) -> tuple[Gauge, ...]:
    """Each series that could be seen, judged by `RULE`.

    Raises:
        ValueError: for fewer than `MIN_SAMPLES` samples; nothing can be said of them.
    """
    if len(samples) < MIN_SAMPLES:
        raise ValueError(f"{len(samples)} samples say nothing about growth; it takes {MIN_SAMPLES}")
    return tuple(
        _gauge(
            name, [(sample.done, value) for sample in samples if (value := getattr(sample, name)) is not None]
        )
        for name in GAUGES
        if sum(getattr(sample, name) is not None for sample in samples) >= MIN_SAMPLES
    )


def _gauge(name: str, points: list[tuple[int, float]]) -> Gauge:
    values = [value for _, value in points]
    quarter = len(values) // 4
    before = median(values[quarter : 2 * quarter])
    growth = median(values[-quarter:]) - before
    allowed = max(ALLOWED_MB, ALLOWED_SHARE * before) if name.endswith("_mb") else ALLOWED_COUNT
    return Gauge(
        name=name,
        first=round(values[0], 2),
        last=round(values[-1], 2),
        max=round(max(values), 2),
        slope_per_1000=round(1000 * slope(points[quarter:]), 3),
        growth=round(growth, 2),
        allowed=round(allowed, 2),
        flat=growth <= allowed,
        samples=len(values),
    )


def slope(points: list[tuple[int, float]]) -> float:
    """Least squares; 0 where all points are at one place."""
    x_mean, y_mean = fmean(x for x, _ in points), fmean(y for _, y in points)
    spread = sum((x - x_mean) ** 2 for x, _ in points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / spread if spread else 0.0


def descendants(pid: int) -> list[int]:
    """Children of the process, and theirs."""
    found: list[int] = []
    waiting = [pid]
    while waiting:
        try:
            tasks = Path(f"/proc/{waiting.pop()}/task")
            children = [int(c) for t in tasks.iterdir() for c in (t / "children").read_text().split()]
        except OSError:
            continue
        found += children
        waiting += children
    return found


def command_of(pid: int) -> str:
    """Its command line; "" if it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def rss_mb(pid: int) -> float:
    """Its resident memory; 0 if it is gone or not to be seen."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)
