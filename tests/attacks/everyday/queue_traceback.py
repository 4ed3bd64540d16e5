import logging
import traceback
from queue import Empty, Full, LifoQueue, PriorityQueue, Queue, SimpleQueue

first: Queue = Queue(maxsize=2)
first.put("a")
first.put("b", timeout=1)
assert first.full() and first.qsize() == 2 and first.maxsize == 2
try:
    first.put_nowait("c")
    raise AssertionError("it was full")
except Full:
    pass
assert [first.get(), first.get_nowait()] == ["a", "b"] and first.empty()
first.task_done()
first.task_done()
first.join()
try:
    first.get(block=False)
    raise AssertionError("it was empty")
except Empty:
    pass

last, least, simple = LifoQueue(), PriorityQueue(), SimpleQueue()
for number in (2, 3, 1):
    for each in (last, least, simple):
        each.put((number, "x"))
assert [each.get()[0] for each in (last, least, simple)] == [1, 1, 2]
assert isinstance(last, Queue) and last.get() == (3, "x")

log: logging.Logger = logging.getLogger(__name__)
try:
    {}["missing"]
except KeyError as error:
    traceback.print_exc()
    text = traceback.format_exc()
    assert "KeyError: 'missing'" in text and traceback.format_exception(error)[-1] == text
    traceback.print_exception(type(error), error, None)
    log.error("failed: %s", text)
