import itertools


def readings(n):
    for i in range(n):
        yield {"t": i * 0.1, "value": (i * 7) % 5}


def smooth(stream, window=3):
    recent = []
    for item in stream:
        recent.append(item["value"])
        if len(recent) > window:
            recent.pop(0)
        yield {**item, "mean": sum(recent) / len(recent)}


def above(stream, limit):
    return (item for item in stream if item["mean"] > limit)


def averager():
    total, count, average = 0.0, 0, None
    while True:
        value = yield average
        if value is None:
            return average
        total += value
        count += 1
        average = total / count


rows = list(above(smooth(readings(10)), 2.0))
assert rows and all(row["mean"] > 2 for row in rows)
g = averager()
next(g)
assert [g.send(v) for v in (1, 2, 3)] == [1.0, 1.5, 2.0]
try:
    g.send(None)
except StopIteration as stop:
    assert stop.value == 2.0
pairs = list(itertools.pairwise("abcd"))
groups = {k: list(v) for k, v in itertools.groupby(sorted(["a1", "b1", "a2"]), key=lambda s: s[0])}
assert pairs[0] == ("a", "b") and groups == {"a": ["a1", "a2"], "b": ["b1"]}
first, second = itertools.tee(range(3))
assert list(first) == list(second) and list(itertools.islice(itertools.count(10, 5), 3)) == [10, 15, 20]
