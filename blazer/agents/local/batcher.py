"""Requests of many episodes to batches for one model, which works on a thread of its own.

An idle model waits a moment for company; a busy one finds its next batch waiting. Of those that
wait, the oldest and the ones nearest to it in length go together: little padding, and nobody is
overtaken for ever. A request that was cancelled is left out, and a batch that nobody waits for any
more is broken off.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

STOP_S = 30.0


class Waiting(Generic[Item, Result]):
    """A request that waits for its answer.

    Args:
        item: What is asked.
        kind: Only requests of one kind share a batch.
        size: How long it is.
    """

    def __init__(self, item: Item, kind: object, size: int) -> None:
        self.item, self.kind, self.size = item, kind, size
        self.since_s = time.monotonic()
        self.future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()


Work = Callable[[Sequence[Item], Callable[[], bool]], "Sequence[Result | BaseException]"]


class Batcher(Generic[Item, Result]):
    """Collects requests and hands them over in batches.

    Args:
        name: Of the thread.
        work: Answers a batch, on the thread; asks now and then whether the answers are wanted.
        max_batch: Requests in one batch.
        max_wait_s: How long an idle model waits for a batch to fill.
    """

    def __init__(self, name: str, work: Work[Item, Result], max_batch: int, max_wait_s: float) -> None:
        self._work, self._max_batch, self._max_wait_s = work, max_batch, max_wait_s
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)
        self._queue: list[Waiting[Item, Result]] = []
        self._arrived = asyncio.Event()
        self._closing = threading.Event()
        self._task: asyncio.Task[None] | None = None
        self.sizes: list[int] = []
        """Of every batch so far."""

    async def ask(self, item: Item, kind: object, size: int) -> Result:
        """The answer to one request, whenever its batch is done.

        Raises:
            Whatever the work raised, or handed back, for it.
        """
        waiting: Waiting[Item, Result] = Waiting(item, kind, size)
        self._queue.append(waiting)
        self._arrived.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._serve())
        return await waiting.future

    async def on_thread(self, action: Callable[[], Result]) -> Result:
        """Do something on the model's thread, after what is under way there."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, action)

    async def aclose(self) -> None:
        """Break off what is under way and end the thread. Safe to call twice."""
        self._closing.set()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        for waiting in self._queue:
            waiting.future.cancel()
        self._queue.clear()
        await asyncio.to_thread(self._thread.shutdown, wait=True, cancel_futures=True)

    async def _serve(self) -> None:
        """Batch after batch, until nobody waits."""
        while await self._filled():
            batch = self._next_batch()
            if batch:
                await self._answer(batch)

    async def _filled(self) -> bool:
        """Wait for company; False when nobody waits."""
        self._queue = [waiting for waiting in self._queue if not waiting.future.done()]
        if not self._queue:
            return False
        deadline_s = self._queue[0].since_s + self._max_wait_s
        while len(self._queue) < self._max_batch and (left_s := deadline_s - time.monotonic()) > 0:
            self._arrived.clear()
            try:
                async with asyncio.timeout(left_s):
                    await self._arrived.wait()
            except TimeoutError:
                break
        return True

    def _next_batch(self) -> list[Waiting[Item, Result]]:
        waiting = [one for one in self._queue if not one.future.done()]
        if not waiting:
            self._queue = []
            return []
        oldest = waiting[0]
        alike = [one for one in waiting if one.kind == oldest.kind]
        alike.sort(key=lambda one: abs(one.size - oldest.size))  # stable: the older of equals first
        batch = alike[: self._max_batch]
        chosen = {id(one) for one in batch}
        self._queue = [one for one in waiting if id(one) not in chosen]
        return sorted(batch, key=lambda one: one.size)

    async def _answer(self, batch: Sequence[Waiting[Item, Result]]) -> None:
        self.sizes.append(len(batch))

        def wanted() -> bool:
            return not self._closing.is_set() and not all(one.future.done() for one in batch)

        done = asyncio.get_running_loop().run_in_executor(
            self._thread, self._work, [one.item for one in batch], wanted
        )
        try:
            await asyncio.wait([done])
        except asyncio.CancelledError:
            for one in batch:
                one.future.cancel()
            raise
        error = done.exception()
        results = [error] * len(batch) if error is not None else list(done.result())
        for one, result in zip(batch, results, strict=True):
            if one.future.done():
                continue
            if isinstance(result, BaseException):
                one.future.set_exception(result)
            else:
                one.future.set_result(result)
