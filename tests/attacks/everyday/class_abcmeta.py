from abc import ABC, ABCMeta, abstractmethod


class Strategy(metaclass=ABCMeta):
    @abstractmethod
    def choose(self, items):
        """Pick one."""

    @property
    @abstractmethod
    def name(self):
        ...


class First(Strategy):
    def choose(self, items):
        return items[0]

    @property
    def name(self):
        return "first"


class Last(First):
    def choose(self, items):
        return items[-1]


try:
    Strategy()
except TypeError as error:
    assert "abstract" in str(error)
else:
    raise AssertionError
assert [s.choose("abc") for s in (First(), Last())] == ["a", "c"]
assert isinstance(First(), Strategy) and First().name == "first" and issubclass(Last, Strategy)
