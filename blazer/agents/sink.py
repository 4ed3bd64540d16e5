"""A trace store behind the sink that the graph knows. Writes leave the event loop's thread."""

from __future__ import annotations

import asyncio

from blazer.core.records import Trace
from blazer.store.store import Store


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
        """
        return await asyncio.to_thread(self._store.add_trace, trace)

    async def completed_episodes(self, run_id: str) -> frozenset[str]:
        """Episodes of the run that need no more work.

        Raises:
            StoreError: if the store cannot be read.
        """
        return await asyncio.to_thread(self._store.completed_episodes, run_id)
