"""Guests started before they are needed: each good for one program, replaced in the background."""

from __future__ import annotations

import asyncio
import contextlib

from blazer.core.errors import SandboxError
from blazer.core.records import IsolationLevel
from blazer.sandbox.errors import GuestLost, SandboxBusy, SandboxUnavailable
from blazer.sandbox.processes import Guest, Tier

GIVE_UP_AFTER = 3
"""Failed starts in a row before the takers are told."""


class GuestPool:
    """Keeps `size` guests ready.

    Args:
        tier: Starts them.
        size: How many wait at most.
        starters: How many are started at a time.
    """

    def __init__(self, tier: Tier, size: int, starters: int = 1) -> None:
        self._tier, self._starters = tier, starters
        self._ready: asyncio.Queue[Guest | SandboxError] = asyncio.Queue()
        self._wanted = asyncio.Semaphore(size)
        self._tasks: list[asyncio.Task[None]] = []
        self._failures = 0

    async def open(self) -> IsolationLevel:
        """Start the first guest, so that a tier that cannot work says so at once; then the others.

        Returns:
            What the first guest proved.

        Raises:
            SandboxError: if it could not be started.
        """
        await self._wanted.acquire()
        first = await self._tier.start_guest()
        self._ready.put_nowait(first)
        self._tasks = [asyncio.create_task(self._refill()) for _ in range(self._starters)]
        return first.isolation

    async def take(self, timeout_s: float) -> Guest:
        """A guest, for the caller to use once and kill.

        Raises:
            SandboxBusy: if none became free in time.
            SandboxError: if guests cannot be started any more.
        """
        try:
            async with asyncio.timeout(timeout_s):
                while True:
                    taken = await self._ready.get()
                    self._wanted.release()
                    if isinstance(taken, SandboxError):
                        raise taken
                    if taken.lines.returncode is None:
                        return taken
                    await taken.kill()  # it died while it waited
        except TimeoutError:
            raise SandboxBusy(
                f"no guest became free within {timeout_s:g} s; use fewer workers or a longer guest_start_s"
            ) from None

    async def _refill(self) -> None:
        while True:
            await self._wanted.acquire()
            try:
                guest = await self._tier.start_guest()
            except (SandboxUnavailable, GuestLost, OSError) as error:
                self._failures += 1
                if self._failures >= GIVE_UP_AFTER:
                    self._ready.put_nowait(GuestLost(f"guests cannot be started: {error}"))
                else:
                    self._wanted.release()
                await asyncio.sleep(min(0.1 * 2**self._failures, 5.0))
                continue
            self._failures = 0
            self._ready.put_nowait(guest)

    async def close(self) -> None:
        """Kill the guests that wait and stop starting new ones."""
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        while not self._ready.empty():
            waiting = self._ready.get_nowait()
            if not isinstance(waiting, SandboxError):
                await waiting.kill()
