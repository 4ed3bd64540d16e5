class Stack:
    """A stack."""
    made = 0
    def __init__(self, items=None):
        self._items = list(items or [])
        self.size = len(self._items)
        Stack.made += 1
    def push(self, item):
        self._items.append(item)
        self.size += 1
        return self
    def __len__(self):
        return self.size
    def __iter__(self):
        return iter(self._items)
    def __repr__(self):
        return f"Stack({self._items!r})"
    @property
    def top(self):
        return self._items[-1]
    @classmethod
    def of(cls, *items):
        return cls(items)
    @staticmethod
    def zero():
        return 0
s = Stack.of(1, 2).push(3)
assert len(s) == 3 and list(s) == [1, 2, 3] and s.top == 3 and Stack.zero() == 0 and Stack.made == 1
assert repr(s) == "Stack([1, 2, 3])"
