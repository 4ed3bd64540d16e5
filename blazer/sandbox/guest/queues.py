"""`queue` for programs: the same queues without the locks.

A program runs alone, so nobody would ever fill an empty queue or empty a full one: waiting for it, with
or without a time-out, ends at once with `Empty` or `Full`. `join` does not wait either.
"""

from __future__ import annotations

import heapq
import queue
from collections import deque
from typing import Any


class Queue:
    """First in, first out."""

    __slots__ = ("_items", "_maxsize", "_unfinished")
    _items: Any

    def __init__(self, maxsize: int = 0) -> None:
        self._items = deque()
        self._maxsize = int(maxsize)
        self._unfinished = 0

    @property
    def maxsize(self) -> int:
        """How many it may hold; 0 for any number."""
        return self._maxsize

    def _add(self, item: Any) -> None:
        self._items.append(item)

    def _take(self) -> Any:
        return self._items.popleft()

    def put(self, item: Any, block: bool = True, timeout: Any = None) -> None:
        """Add an item.

        Raises:
            queue.Full: if there is no room.
        """
        if self.full():
            raise queue.Full(f"the queue is full ({self._maxsize}), and nobody else takes anything out")
        self._add(item)
        self._unfinished += 1

    def get(self, block: bool = True, timeout: Any = None) -> Any:
        """Take an item out.

        Raises:
            queue.Empty: if there is none.
        """
        if not self._items:
            raise queue.Empty("the queue is empty, and nobody else puts anything in")
        return self._take()

    def put_nowait(self, item: Any) -> None:
        """Add an item."""
        self.put(item)

    def get_nowait(self) -> Any:
        """Take an item out."""
        return self.get()

    def qsize(self) -> int:
        """How many there are."""
        return len(self._items)

    def empty(self) -> bool:
        """Whether there are none."""
        return not self._items

    def full(self) -> bool:
        """Whether there is no room."""
        return 0 < self._maxsize <= len(self._items)

    def task_done(self) -> None:
        """One item that was taken out has been dealt with.

        Raises:
            ValueError: if it was said too often.
        """
        if self._unfinished <= 0:
            raise ValueError("task_done() called too many times")
        self._unfinished -= 1

    def join(self) -> None:
        """Nobody else works on the items."""


class LifoQueue(Queue):
    """Last in, first out."""

    __slots__ = ()

    def _take(self) -> Any:
        return self._items.pop()


class PriorityQueue(Queue):
    """The least first."""

    __slots__ = ()

    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize)
        self._items = []

    def _add(self, item: Any) -> None:
        heapq.heappush(self._items, item)

    def _take(self) -> Any:
        return heapq.heappop(self._items)


class SimpleQueue(Queue):
    """First in, first out, of any length."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__(0)


QUEUES: dict[str, Any] = {kind.__name__: kind for kind in (Queue, LifoQueue, PriorityQueue, SimpleQueue)}
