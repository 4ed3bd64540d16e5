import heapq
import itertools
from dataclasses import dataclass, field
from queue import Empty, PriorityQueue, Queue
from typing import Any


@dataclass(order=True)
class Job:
    priority: int
    name: str = field(compare=False)
    payload: Any = field(default=None, compare=False)


class Scheduler:
    def __init__(self):
        self._heap, self._counter = [], itertools.count()

    def add(self, job):
        heapq.heappush(self._heap, (job.priority, next(self._counter), job))

    def __iter__(self):
        while self._heap:
            yield heapq.heappop(self._heap)[-1]


s = Scheduler()
for priority, name in [(3, "place"), (1, "search"), (2, "grasp"), (1, "look")]:
    s.add(Job(priority, name))
assert [j.name for j in s] == ["search", "look", "grasp", "place"]
q = PriorityQueue()
for job in (Job(2, "b"), Job(1, "a")):
    q.put(job)
assert q.get().name == "a" and not q.empty() and q.qsize() == 1
fifo = Queue()
try:
    fifo.get_nowait()
except Empty:
    fifo.put("x")
assert fifo.get() == "x" and heapq.nsmallest(2, [3, 1, 2]) == [1, 2] and list(heapq.merge([1, 4], [2, 3])) == [1, 2, 3, 4]
