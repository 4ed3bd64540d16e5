"""How fast what a guest writes is taken: as it comes at first, then at a steady rate.

Reading never stops, it slows down, and the guest with it: its pipe is full, and it waits in its own
time. Without that a program that prints as fast as it can takes a core of the host's, and with Docker
the daemon's too, from all others.
"""

from __future__ import annotations

import asyncio
import contextlib
import time

BYTES_PER_S = 4 * 2**20
"""Where the steady rate lies: an ordinary program never gets there."""
BURST_BYTES = 2 * 2**20
"""Taken as it comes."""
MESSAGE_BYTES = 512
"""What a message counts at least: reading one costs the host as much as copying that and more."""
_NOTICED_S = 0.005
"""Shorter waits are put together: the clock of an event loop is no finer than a millisecond or so."""


class Pace:
    """A bucket that fills with time and is emptied by what is read.

    Args:
        bytes_per_s: The steady rate.
        burst_bytes: What is taken at once after a rest.
    """

    def __init__(self, bytes_per_s: float = BYTES_PER_S, burst_bytes: float = BURST_BYTES) -> None:
        self._rate, self._burst = bytes_per_s, burst_bytes
        self._left, self._at_s = float(burst_bytes), time.monotonic()
        self._hurry = asyncio.Event()
        self.slowed_s = 0.0
        """How long who writes was kept waiting so far, as far as that is known."""

    async def took(self, n_bytes: int, least: int = 0) -> None:
        """Account for what was read, and wait if it came too fast.

        Args:
            n_bytes: How much it was.
            least: What it counts as at least.
        """
        now_s = time.monotonic()
        self._left = min(self._left + (now_s - self._at_s) * self._rate, self._burst) - max(n_bytes, least)
        self._at_s = now_s
        owed_s = -self._left / self._rate
        if owed_s > _NOTICED_S and not self._hurry.is_set():
            self.slowed_s += owed_s
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(owed_s):
                    await self._hurry.wait()

    def hurry(self) -> None:
        """No waiting from now on: what writes is being killed, and only what it wrote is still to come."""
        self._hurry.set()
