from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import (
    TYPE_CHECKING,
    Any,
    Final,
    Generic,
    Literal,
    NamedTuple,
    NewType,
    Optional,
    Protocol,
    TypeAlias,
    TypedDict,
    TypeVar,
    Union,
    cast,
    overload,
    runtime_checkable,
)

if TYPE_CHECKING:
    from collections import OrderedDict

T = TypeVar("T")
K = TypeVar("K", bound=str)
Metres = NewType("Metres", float)
Point: TypeAlias = tuple[float, float, float]
LIMIT: Final = 0.8
Mode = Literal["fast", "slow"]


class Reading(TypedDict, total=False):
    value: float
    unit: str


class Grasp(NamedTuple):
    position: Point
    yaw: float = 0.0
    width: Optional[float] = None

    def opened(self, by: float) -> Grasp:
        return self._replace(width=(self.width or 0) + by)


@runtime_checkable
class Movable(Protocol):
    def move(self, to: Point) -> bool: ...


class Arm:
    def move(self, to: Point) -> bool:
        return max(map(abs, to)) <= LIMIT


class Stack(Generic[T]):
    def __init__(self, items: Iterable[T] = ()) -> None:
        self._items: list[T] = list(items)

    def push(self, item: T) -> Stack[T]:
        self._items.append(item)
        return self

    def __iter__(self) -> Iterator[T]:
        return reversed(self._items)


@overload
def scale(v: float, k: float) -> float: ...
@overload
def scale(v: Sequence[float], k: float) -> list[float]: ...
def scale(v, k):
    return [x * k for x in v] if isinstance(v, Sequence) else v * k


def apply(f: Callable[[T], T], x: T, times: int = 1, *, mode: Mode = "fast", **extra: Any) -> T:
    for _ in range(times):
        x = f(x)
    return x


def first(m: Mapping[K, T], default: Union[T, None] = None) -> T | None:
    return next(iter(m.values()), default)


g = Grasp((0.1, 0.2, 0.3)).opened(0.04)
assert g.width == 0.04 and g._asdict()["yaw"] == 0.0 and Reading(value=1.0) == {"value": 1.0}
assert isinstance(Arm(), Movable) and Arm().move((0.1, 0.9, 0)) is False
assert list(Stack([1]).push(2)) == [2, 1] and scale([1.0, 2.0], 2) == [2.0, 4.0] and scale(2.0, 2) == 4.0
assert apply(lambda v: v * 2, 3, times=3) == 24 and first({"a": 1}) == 1 and cast(int, "x") == "x" and Metres(1.5) == 1.5
