"""Guests started before they are needed: each good for one program, replaced in the background.

A guest that dies while it waits, or waits longer than its lease, is replaced; nobody is handed a dead
one that could be known to be dead. Starting is bounded twice, in how many at a time and in how many a
second, so that programs which end at once cannot turn the pool into a load of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import deque
from typing import NamedTuple, Self

from blazer.core.errors import SandboxError
from blazer.core.records import IsolationLevel
from blazer.sandbox.errors import GuestLost, SandboxBusy, SandboxUnavailable
from blazer.sandbox.processes import Guest, Tier

GIVE_UP_AFTER = 3
"""Failed starts in a row before the takers are told."""
LEASE_S = 1800.0
"""Longest wait of a ready guest; a fresh one takes its place."""
LOOK_S = 0.5
"""How often the waiting guests are looked at."""
STARTS_PER_S_PER_CORE = 10.0
"""A start takes a core for about 0.08 s; what is left of it is for the programs."""


class PoolStats(NamedTuple):
    """How a pool stands.

    Attributes:
        size: How many guests wait at most.
        ready: How many wait now.
        starting: How many are being started.
        started: Guests that came up so far.
        taken: Guests handed out so far.
        died: Guests that died while they waited.
        expired: Guests that were replaced because their lease was over.
        failed: Starts that failed.
    """

    size: int
    ready: int
    starting: int
    started: int
    taken: int
    died: int
    expired: int
    failed: int


class _Waiting(NamedTuple):
    guest: Guest
    since: float


HOLD_BACK_S = 0.03
"""How long after a guest was taken a start waits while others are ready: until the program is on its way."""
GIVE_WAY_S = 1.0
"""How long a start waits at most while others are ready and programs use every core."""


class GuestPool:
    """Keeps `size` guests ready.

    Args:
        tier: Starts them.
        size: How many wait at most.
        cores: How many this machine has: programs that run and starts share them.
        lease_s: Longest wait of one.
        starts_per_s: Most starts a second, in the long run.
    """

    def __init__(
        self,
        tier: Tier,
        size: int,
        cores: int,
        *,
        lease_s: float = LEASE_S,
        starts_per_s: float,
    ) -> None:
        self._tier, self._size, self._cores = tier, size, cores
        self._lease_s, self._gap_s = lease_s, 1.0 / starts_per_s
        self._ready: deque[_Waiting] = deque()
        self._problem: SandboxError | None = None
        self._changed = asyncio.Condition()
        self._tasks: list[asyncio.Task[None]] = []
        self._waking: asyncio.Task[None] | None = None
        self._running = self._under_way = 0
        self._closed = False
        self._next_start = self._last_taken = 0.0
        self._starting = self._started = self._taken = self._died = self._expired = self._failed = 0
        self._failures_in_a_row = 0

    @classmethod
    def of(cls, tier: Tier, workers: int, size: int | None) -> Self:
        """A pool for so many workers on this machine: one guest more than those, unless a size is given."""
        cores = len(os.sched_getaffinity(0))
        return cls(tier, size or workers + 1, cores, starts_per_s=STARTS_PER_S_PER_CORE * cores)

    def stats(self) -> PoolStats:
        """How it stands."""
        return PoolStats(
            size=self._size,
            ready=len(self._ready),
            starting=self._starting,
            started=self._started,
            taken=self._taken,
            died=self._died,
            expired=self._expired,
            failed=self._failed,
        )

    async def open(self) -> IsolationLevel:
        """Start the first guest, so that a tier that cannot work says so at once; then the others.

        Returns:
            What the first guest proved.

        Raises:
            SandboxError: if it could not be started.
        """
        first = await self._tier.start_guest()
        self._started += 1
        self._ready.append(_Waiting(first, time.monotonic()))
        refills = [asyncio.create_task(self._refill()) for _ in range(self._cores)]
        self._tasks = [*refills, asyncio.create_task(self._look_after())]
        for task in self._tasks:
            task.add_done_callback(self._wake)
        return first.isolation

    async def take(self, timeout_s: float) -> Guest:
        """A guest, for the caller to use once, kill, and tell `ended` of.

        Raises:
            SandboxBusy: if none became free in time.
            SandboxUnavailable: if the pool is closed meanwhile.
            SandboxError: if guests cannot be started any more.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    await self._retire()
                    async with self._changed:
                        if not self._ready:
                            self._tier.hurry()
                        await self._changed.wait_for(self._has_news)
                        if self._closed:
                            raise SandboxUnavailable(
                                "the sandbox was closed while a program waited for a guest"
                            )
                        if not self._ready and (broken := self._broken()) is not None:
                            raise broken
                        if not self._ready and self._problem is not None:
                            problem, self._problem = self._problem, None
                            self._changed.notify_all()
                            raise problem
                        guest = self._ready.popleft().guest
                        self._changed.notify_all()
                    if not guest.lines.ended:
                        self._taken += 1
                        self._running += 1
                        self._last_taken = time.monotonic()
                        return guest
                    self._died += 1
                    await asyncio.shield(_let_go(guest))
        except TimeoutError:
            raise SandboxBusy(
                f"no guest became free within {timeout_s:g} s (of {self._size}, {self._starting} are being "
                "started); use fewer workers, more guests or a longer guest_start_s"
            ) from None

    async def ended(self) -> None:
        """A guest that was taken is gone; to be told of each."""
        self._running -= 1
        async with self._changed:
            self._changed.notify_all()

    async def _refill(self) -> None:
        while True:
            async with self._changed:
                await self._changed.wait_for(self._wanting)
                self._starting += 1
            try:
                await self._pause()
                self._under_way += 1
                try:
                    await self._start_one()
                finally:
                    self._under_way -= 1
            finally:
                self._starting -= 1
            async with self._changed:
                self._changed.notify_all()
            if self._failures_in_a_row:
                await asyncio.sleep(min(0.1 * 2**self._failures_in_a_row, 5.0))

    def _has_news(self) -> bool:
        """Whether a taker need not wait on."""
        return bool(self._ready or self._problem or self._closed or self._broken())

    def _wanting(self) -> bool:
        return len(self._ready) + self._starting < self._size

    async def _pause(self) -> None:
        """A start takes a core for a moment. Programs that run come first, unless one waits for a guest."""
        now = time.monotonic()
        self._next_start = max(self._next_start + self._gap_s, now)
        await asyncio.sleep(self._next_start - now)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(GIVE_WAY_S), self._changed:
                await self._changed.wait_for(self._has_room)
        while self._ready and (left_s := self._last_taken + HOLD_BACK_S - time.monotonic()) > 0:
            await asyncio.sleep(left_s)

    def _has_room(self) -> bool:
        """Whether a core is free for a start; a single one goes on without where somebody waits."""
        free = self._running + self._under_way < self._cores
        return free or (not self._ready and not self._under_way)

    async def _start_one(self) -> None:
        try:
            guest = await self._tier.start_guest(awaited=not self._ready)
        except (SandboxUnavailable, GuestLost, OSError) as error:
            self._failed += 1
            self._failures_in_a_row += 1
            if self._failures_in_a_row >= GIVE_UP_AFTER:
                async with self._changed:
                    self._problem = GuestLost(f"guests cannot be started: {error}")
                    self._changed.notify_all()
            return
        self._started += 1
        self._failures_in_a_row = 0
        # Without the lock, so that no cancellation can come between a guest and its place.
        self._ready.append(_Waiting(guest, time.monotonic()))
        async with self._changed:
            self._problem = None
            self._changed.notify_all()

    async def _look_after(self) -> None:
        """Replace guests that died or waited too long, also when nobody takes any."""
        while True:
            await asyncio.sleep(min(LOOK_S, self._lease_s))
            await self._retire()

    async def _retire(self) -> None:
        """Let go of guests that are not to be handed out."""
        over = time.monotonic() - self._lease_s
        gone = [item for item in self._ready if item.guest.lines.ended or item.since < over]
        if not gone:
            return
        for item in gone:
            self._ready.remove(item)
            self._died += item.guest.lines.ended
            self._expired += not item.guest.lines.ended
        # All of them, also where a taker is cancelled while it waits for the first.
        await asyncio.shield(asyncio.gather(*(_let_go(item.guest) for item in gone)))
        async with self._changed:
            self._changed.notify_all()

    def _broken(self) -> BaseException | None:
        """What ended a task that should never end: an error of ours, which takers must hear of."""
        for task in self._tasks:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                return error
        return None

    def _wake(self, ended: asyncio.Task[None]) -> None:
        """Takers that wait look again when a task ends."""

        async def notify() -> None:
            async with self._changed:
                self._changed.notify_all()

        if not ended.cancelled():
            self._waking = asyncio.get_running_loop().create_task(notify())

    async def close(self) -> None:
        """Kill the guests that wait and stop starting new ones.

        Raises:
            Exception: what ended a task of the pool before its time, once no guest is left.
        """
        self._closed = True
        async with self._changed:
            self._changed.notify_all()
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._ready:
            await _let_go(self._ready.popleft().guest)
        for error in ended:
            if isinstance(error, BaseException) and not isinstance(error, asyncio.CancelledError):
                raise error


async def _let_go(guest: Guest) -> None:
    """Kill a guest that no program has seen; one that does not go is not worth the pool's life."""
    with contextlib.suppress(GuestLost):
        await guest.kill()
