"""A trace store behind the sink that the graph knows. Writes leave the event loop's thread.

A server that is being restarted is waited for: storing a trace twice stores it once, so that one
whose answer was lost may be sent again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from blazer.core.records import Trace
from blazer.store.errors import StoreUnreachable
from blazer.store.store import Store

Result = TypeVar("Result")
AWAY_LIMIT_S = 60.0
"""How long a server may be away before the run stops."""
AGAIN_S = 0.5


class StoreSink:
    """Hands traces to a `Store`.

    Args:
        store: An open store; the caller closes it.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def add_trace(self, trace: Trace) -> bool:
        """Keep a trace; False if it was there already.

        Raises:
            StoreError: if it could not be kept.
            StoreUnreachable: if its server stays away.
        """
        return await _patiently(lambda: self._store.add_trace(trace))

    async def completed_episodes(self, run_id: str) -> frozenset[str]:
        """Episodes of the run that need no more work.

        Raises:
            StoreError: if the store cannot be read.
            StoreUnreachable: if its server stays away.
        """
        return await _patiently(lambda: self._store.completed_episodes(run_id))


async def _patiently(action: Callable[[], Result]) -> Result:
    """Do it in a thread; again while the server is away."""
    deadline_s = time.monotonic() + AWAY_LIMIT_S
    while True:
        try:
            return await asyncio.to_thread(action)
        except StoreUnreachable:
            if time.monotonic() > deadline_s:
                raise
        await asyncio.sleep(AGAIN_S)
