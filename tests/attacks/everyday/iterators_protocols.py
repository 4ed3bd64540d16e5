class Ring:
    def __init__(self, *items):
        self.items = items

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self.items) * 2))]
        return self.items[index % len(self.items)]

    def __len__(self):
        return len(self.items)

    def __reversed__(self):
        return iter(self.items[::-1])

    def __contains__(self, item):
        return item in self.items


class Countdown:
    def __init__(self, start):
        self.current = start

    def __iter__(self):
        return self

    def __next__(self):
        if self.current <= 0:
            raise StopIteration
        self.current -= 1
        return self.current + 1


ring = Ring("a", "b", "c")
assert ring[4] == "b" and ring[1:5] == ["b", "c", "a", "b"] and list(reversed(ring)) == ["c", "b", "a"] and "c" in ring
assert list(Countdown(3)) == [3, 2, 1] and dict(zip("ab", Countdown(2))) == {"a": 2, "b": 1} and max(Countdown(4)) == 4
it = iter([1, 2, 3])
assert next(it) == 1 and list(it) == [2, 3] and next(it, "end") == "end"
assert list(iter(lambda c=iter("xy."): next(c), ".")) == ["x", "y"]
assert list(map(lambda a, b: a + b, [1, 2], [3, 4])) == [4, 6] and list(enumerate("ab", start=1)) == [(1, "a"), (2, "b")]
assert all(x > 0 for x in [1, 2]) and any(map(str.isupper, "aB")) and sum((i for i in range(4)), start=10) == 16
