from abc import ABC, abstractmethod
from typing import NamedTuple, Protocol, TypedDict, Any, Callable
class Grasp(NamedTuple):
    x: float
    yaw: float = 0.0
class HasArea(Protocol):
    def area(self) -> float: ...
class Base(ABC):
    @abstractmethod
    def run(self): ...
class Impl(Base):
    def run(self):
        return 1
class Config(TypedDict):
    speed: float
try:
    Base()
    raise AssertionError
except TypeError:
    pass
f: Callable[[Any], int] = lambda a: 1
assert Impl().run() == 1 and Grasp(1.0).yaw == 0.0 and Config(speed=1.0)["speed"] == 1.0 and f(0) == 1
