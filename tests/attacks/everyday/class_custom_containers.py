from collections import UserDict
from collections.abc import Iterator, Mapping, MutableSequence


class Inventory(UserDict):
    def __missing__(self, key):
        return 0

    def add(self, key, n=1):
        self[key] = self[key] + n
        return self


class Bounded(MutableSequence):
    def __init__(self, limit):
        self.limit, self._data = limit, []

    def __len__(self):
        return len(self._data)

    def __getitem__(self, i):
        return self._data[i]

    def __setitem__(self, i, value):
        self._data[i] = value

    def __delitem__(self, i):
        del self._data[i]

    def insert(self, i, value):
        if len(self) >= self.limit:
            raise OverflowError("full")
        self._data.insert(i, value)


inventory = Inventory().add("jar").add("jar").add("lid", 3)
assert inventory["jar"] == 2 and inventory["cup"] == 0 and dict(inventory) == {"jar": 2, "lid": 3}
queue = Bounded(2)
queue.extend([1, 2])
queue[0] += 10
try:
    queue.append(3)
    raise AssertionError
except OverflowError:
    pass
assert list(queue) == [11, 2] and queue.pop() == 2 and isinstance(inventory, Mapping)
assert isinstance(iter(queue), Iterator)
