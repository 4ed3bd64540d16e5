from enum import Enum, Flag, auto
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from collections import namedtuple
from typing import NamedTuple


class Color(Enum):
    RED = auto()

    def __init__(self, v):
        self._extra = v

    @classmethod
    def _missing_(cls, value):
        return cls.RED

    @property
    def extra(self):
        return self._extra + self._helper()

    def _helper(self):
        return 1

    @staticmethod
    def _s():
        return 3


class S(str, Enum):
    A = "a"

    def __new__(cls, v):
        o = str.__new__(cls, v)
        o._value_ = v
        o._tag = "t"
        return o


class P(Flag):
    X = auto()
    Y = auto()


class Shape(ABC):
    _count = 0

    def __init__(self):
        self._n = 1
        Shape._count += 1

    @abstractmethod
    def area(self): ...
    def _hook(self):
        return 2


class Sq(Shape):
    __slots__ = ("_side",)

    def area(self):
        self._side = 3
        return self._side * self._n + super()._hook()


class Pt(NamedTuple):
    x: int
    y: int = 2


class Q(namedtuple("Q", "a b")):
    def _both(self):
        return self.a + self.b


class E2(Exception):
    def __init__(self):
        super().__init__("m")
        self._why = 3


class Dyn:
    def __getattr__(self, n):
        return n


@dataclass
class D:
    _p: int = 0
    q: list = field(default_factory=list)


print(
    Color(9),
    Color.RED.extra,
    Color._s(),
    S.A._tag,
    S("a")._value_,
    P.X | P.Y,
    Sq().area(),
    Shape._count,
)
print(
    Pt(1)._replace(y=5),
    Pt._fields,
    Q(1, 2)._both(),
    Q(1, 2)._asdict(),
    E2()._why,
    Dyn()._foo,
    D()._p,
    Color.RED._name_,
    Pt(1)._asdict(),
    Q._make([1, 2]),
)


def tf(x: type[Color], y: "type") -> type:
    return type(x)


print(type("a"), isinstance(int, type), isinstance(3, type), type[int])
