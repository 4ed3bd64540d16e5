"""What an accepted program may never hold: runs it under the guards and looks at everything it got.

Every look-up's result is looked at as it comes out of the guard, and so is everything that the program
left in its names. Programs run in a forked process with little time, memory and no way to write a file.
"""

from __future__ import annotations

import builtins
import contextlib
import enum
import importlib
import os
import resource
import signal
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from blazer.sandbox.guest import classes, policy, proxies, runtime
from blazer.sandbox.guest.exports import MODULE_EXPORTS
from blazer.sandbox.protocol import skill_names

WALL_S = 2.0
_DEEP = 6
_NEVER_TYPES = (types.ModuleType, types.FrameType, types.CodeType, types.CellType)
_NEVER_OBJECTS = {
    id(getattr(builtins, name)): name
    for name in (
        "open",
        "eval",
        "exec",
        "compile",
        "__import__",
        "globals",
        "locals",
        "input",
        "breakpoint",
        "type",
    )
} | {
    id(getattr(builtins, name)): name
    for name in ("memoryview", "getattr", "setattr", "delattr", "vars", "dir")
}
_NEVER_MODULES = frozenset(
    {
        "os",
        "posix",
        "io",
        "_io",
        "sys",
        "subprocess",
        "importlib",
        "ctypes",
        "_ctypes",
        "inspect",
        "pickle",
        "gc",
    }
)
_KEPT_BY_ITSELF = ("__doc__", "__annotations__", "__match_args__")
_OFFERED = (sys.exit, sys.getrecursionlimit)
_INSIDES = (runtime.Guards, proxies.Modules, classes.OwnTypes, classes.ClassMaker)


def forbidden(value: Any) -> str:
    """Why a program may not hold this; empty if it may."""
    kind = type(value)
    if kind in _NEVER_TYPES:
        return f"a {kind.__name__}"
    if id(value) in _NEVER_OBJECTS:
        return f"the built-in {_NEVER_OBJECTS[id(value)]}"
    if isinstance(value, _INSIDES):
        return f"the sandbox's own {kind.__name__}"
    if isinstance(value, type):
        if issubclass(value, type):
            return f"the metaclass {value.__name__}"
        if value is np.ndarray or value in (types.FunctionType, types.GenericAlias, types.MethodType):
            return f"the class {value.__name__}"
    if isinstance(value, np.ndarray) and _memory_of(value):
        return f"an array over the memory of {_memory_of(value)}"
    module = getattr(value, "__module__", None) if kind is types.BuiltinFunctionType else None
    if isinstance(module, str) and module in _NEVER_MODULES and value not in _OFFERED:
        return f"{module}.{value.__name__}"
    return ""


def _memory_of(array: Any) -> str:
    """Whose word an array takes for where its numbers are; empty if it is numpy's own."""
    while isinstance(array, np.ndarray):
        array = array.base
    of_numpy = array is None or type(array).__module__.startswith("numpy")
    return "" if of_numpy or isinstance(array, (bytes, bytearray)) else f"a {type(array).__name__}"


def _dict_of(ob: Any) -> Any:
    """The very dict behind an object, whatever the object says."""
    try:
        return object.__getattribute__(ob, "__dict__")
    except AttributeError:
        return None


def library() -> dict[str, Any]:
    """What the offered classes of the library hold, to be compared after a run."""
    held: dict[str, Any] = {}
    for name in MODULE_EXPORTS:
        module = importlib.import_module(name)
        for part, value in vars(module).items():
            if isinstance(value, type) and not name.startswith("numpy"):
                held[f"{name}.{part}"] = (value, dict(type.__dict__["__dict__"].__get__(value)))
    return held


def changed(before: dict[str, Any]) -> Iterator[str]:
    """Classes of the library that are not as they were."""
    for name, (kind, members) in before.items():
        now = type.__dict__["__dict__"].__get__(kind)
        for member in set(members) | set(now):
            special = member.startswith(("_abc_", "__abstract")) or member in _KEPT_BY_ITSELF
            if not special and now.get(member) is not members.get(member):
                yield f"{name}.{member} was changed"


class WatchedGuards(runtime.Guards):
    """Guards that note what they should not have let through."""

    found: list[str]

    def getattr(self, ob: Any, name: str) -> Any:
        value = super().getattr(ob, name)
        why = forbidden(value)
        if type(value) is dict and value is _dict_of(ob):
            why = "the very dict behind the object"
        if why:
            self.found.append(f"{type(ob).__name__}.{name} is {why}")
        return value


def guarded() -> tuple[WatchedGuards, dict[str, Any]]:
    """Guards and the globals of a program, with skills that answer None."""
    guards = WatchedGuards(proxies.Modules(7, proxies.Clock()), lambda text: None)
    guards.found = []
    names: dict[str, Any] = {}
    for name in skill_names():
        members = {"__module__": "blazer", "code": name}
        names[name] = type(name, (Exception,), members) if name[0].isupper() else _skill()
    return guards, guards.namespace(names)


def _skill() -> Callable[..., None]:
    def stub(*args: Any, **kwargs: Any) -> None:
        return None

    return stub


def run(source: str) -> list[str]:
    """What a program got that it may not have; empty for a refused one."""
    examined = policy.examine(source, skill_names())
    if examined.code is None:
        return []
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _in_child(examined.code, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return said.decode().splitlines()


def _in_child(code: types.CodeType, writer: int) -> None:
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (2, 2))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        limit = 2 * 2**30
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        signal.setitimer(signal.ITIMER_REAL, WALL_S)
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        guards, names = guarded()
        own = set(names)
        sys.modules["__main__"] = types.ModuleType("__main__")
        before = library()
        with contextlib.suppress(BaseException):
            exec(code, names)
        found = (
            guards.found
            + list(changed(before))
            + [
                f"the name {name} holds {why}"
                for name, value in names.items()
                if name not in own
                for why in _within(value)
            ]
        )
        found += list(_dicts_behind({name: value for name, value in names.items() if name not in own}))
        os.write(writer, "\n".join(dict.fromkeys(found)).encode("utf-8", "replace")[:60_000])
    finally:
        os._exit(0)


def _within(value: Any, depth: int = 0) -> Iterator[str]:
    why = forbidden(value)
    if why:
        yield why
    if depth >= _DEEP:
        return
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = list(value.values())[:50]
    elif isinstance(value, (list, tuple, set, frozenset)) and not isinstance(value, enum.Enum):
        inner = list(value)[:50]
    elif type(value).__module__ == "__main__" and hasattr(value, "__dict__"):
        inner = list(value.__dict__.values())[:50]
    for item in inner:
        yield from _within(item, depth + 1)


def _dicts_behind(left: dict[str, Any]) -> Iterator[str]:
    """Names that hold the very dict behind a module, a class or another name's object."""
    owners = [*left.values(), *sys.modules.values()]
    behind = {id(found): type(ob).__name__ for ob in owners if (found := _dict_of(ob)) is not None}
    for name, value in left.items():
        if type(value) is dict and id(value) in behind:
            yield f"the name {name} holds the very dict behind a {behind[id(value)]}"
