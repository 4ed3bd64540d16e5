"""Wherever look-ups lead from what a program can name, they never lead to the interpreter's insides."""

# One program, and a page of names.
# ruff: noqa: E501, SIM905

from __future__ import annotations

import types
from typing import Any

import pytest

from blazer.sandbox.guest.exports import MODULE_EXPORTS
from blazer.sandbox.guest.policy_rules import DENIED_ATTRIBUTES, READABLE_MAGIC
from blazer.sandbox.guest.proxies import ModuleProxy
from tests.sandbox.policy_oracle import WatchedGuards, forbidden, guarded

_SOURCE = """
import collections, contextlib, copy, dataclasses, decimal, enum, functools, itertools, json, math, numpy as np
import queue, random, re, string, sys, typing, types, logging, collections.abc
class Plain:
    x = 1
    def method(self): return self
    @property
    def prop(self): return 1
    @classmethod
    def made(cls): return cls()
    @staticmethod
    def free(): return 1
@dataclasses.dataclass
class Data:
    a: int = 1
class Side(enum.Enum):
    LEFT = 1
class Error(AttributeError): pass
class Text(str): pass
class Shape(typing.Protocol):
    def area(self): ...
def function(): return 1
def generator(): yield 1
@contextlib.contextmanager
def manager(): yield 1
class Keeper:
    def __enter__(self): return self
    def __exit__(self, kind, error, tb):
        self.tb, self.error = tb, error
        return True
keeper = Keeper()
with keeper:
    math.sqrt(-1)
try:
    getattr(json, "nothing")
except AttributeError as e:
    error = e
Pair = collections.namedtuple("Pair", "a b")
things = [Plain(), Plain, Plain().method, Plain.prop, Data(1), Data, dataclasses.fields(Data)[0], Side.LEFT, Side, Error(1),
    Text("a"), Shape, function, generator, generator(), manager(), (x for x in []), lambda: 1, keeper, keeper.tb,
    keeper.error, error, Pair(1, 2), Pair, functools.partial(print), functools.lru_cache(function), [], {}, "", b"", 1, 1.5,
    1j, range(3), {1}, slice(1), iter([]), {}.items(), np.zeros(3), np.zeros(1)[0], np.zeros(2, dtype=[("a", "i8")])[0],
    np.array(["a"])[0], np.add, np.mean, np.random.default_rng(), np.vectorize(function), np.errstate(), np.dtype(float),
    np.zeros(2).flat, np.finfo(float), random.Random(1), re.compile("a"), re.match("a", "a"), re.IGNORECASE,
    decimal.Decimal(1), collections.deque(), collections.Counter(), collections.ChainMap(), queue.Queue(),
    string.Template("a"), types.SimpleNamespace(a=1), logging.getLogger("a"), list[int], typing.List[int], typing.Type[int],
    typing.Annotated[list, 1], typing.Optional[int], typing.TypeVar("T"), int | str, typing.Callable, super(Plain, Plain()),
    contextlib.ExitStack(), itertools.count(), copy.copy, type, type(function), type(math), type(np.zeros(1)), sys.stdout,
    sys.version_info, sys.float_info, vars(Plain()), property(function), staticmethod(function), classmethod(function),
    getattr, print, pick, SkillError, SkillError("a"), json.JSONEncoder(), collections.UserDict(), typing.NewType("N", int)]
"""
_NAMES = (
    sorted(READABLE_MAGIC)
    + sorted(DENIED_ATTRIBUTES)
    + [
        f"__{name}__"
        for name in (
            "globals code closure func self subclasses mro bases base builtins getattribute reduce reduce_ex traceback args "
            "origin wrapped objclass loader spec setstate getstate array_interface thisclass self_class kwdefaults defaults"
        ).split()
    ]
    + "gi_frame gi_code tb_frame tb_next f_back cr_frame ag_frame _evaluate _mro _os obj name_from".split()
)


@pytest.fixture(scope="module")
def world() -> tuple[WatchedGuards, dict[str, Any]]:
    from blazer.sandbox.guest.policy import examine  # noqa: PLC0415
    from blazer.sandbox.protocol import skill_names  # noqa: PLC0415

    examined = examine(_SOURCE, skill_names())
    assert examined.findings == ()
    guards, names = guarded()
    exec(examined.code, names)
    return guards, names


def test_nothing_in_reach_is_of_the_interpreter(world: tuple[WatchedGuards, dict[str, Any]]) -> None:
    guards, names = world
    own = {"_", *(name for name in names if name.startswith("_"))}
    frontier = [(name, value) for name, value in names.items() if name not in own and name != "things"]
    frontier += [(f"things[{i}]", value) for i, value in enumerate(names["things"])]
    modules = names["__builtins__"]["__import__"]
    frontier += [(name, modules(name, fromlist=("x",))) for name in MODULE_EXPORTS]
    seen: set[Any] = set()
    kept: list[Any] = []  # an id means nothing once its object is gone
    found, looked = [], 0
    for _ in range(3):
        following: list[tuple[str, Any]] = []
        for path, value in frontier:
            if _key(value) in seen:
                continue
            seen.add(_key(value))
            kept.append(value)
            why = forbidden(value)
            if why:
                found.append(f"{path} is {why}")
            for name in {*dir(value), *_NAMES}:
                looked += 1
                try:
                    inner = guards.getattr(value, name)
                except (AttributeError, TypeError, ValueError, RuntimeError, NotImplementedError, KeyError):
                    continue
                following.append((f"{path}.{name}", inner))
        frontier = following
    assert found == []
    assert looked > 20_000


def _key(value: Any) -> Any:
    """Alike for objects whose attributes are alike."""
    if isinstance(value, (type, types.FunctionType, ModuleProxy)):
        return id(value)
    bound = getattr(value, "__self__", None)
    return type(value), getattr(value, "__qualname__", ""), type(bound)


def test_every_listed_name_is_there(world: tuple[WatchedGuards, dict[str, Any]]) -> None:
    import_ = world[1]["__builtins__"]["__import__"]
    missing = [
        f"{module}.{name}"
        for module, exports in MODULE_EXPORTS.items()
        for name in exports
        if not hasattr(import_(module, fromlist=("x",)), name)
    ]
    assert missing == []
