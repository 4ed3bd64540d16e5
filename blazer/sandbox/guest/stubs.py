"""The skills as a program sees them: plain functions that send one call and wait for its answer.

Generated from the declaration that the host sends; nothing about any skill is written here. The
host and the world validate every call again, so what is checked here only makes errors kinder.
"""

from __future__ import annotations

import itertools
import math
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from blazer.sandbox.guest.classes import is_array_like
from blazer.sandbox.guest.policy import FILENAME

MAX_ELEMENTS = 256
MAX_SHOWN = 40
"""Of a name that is wrong, in an error's text."""
Caller = Callable[[str, dict[str, Any], int | None], Any]


class Snapshot:
    """An object or the gripper as it was when asked; read-only."""

    __slots__ = ("_values",)
    _values: dict[str, Any]

    def __init__(self, values: Mapping[str, Any]) -> None:
        object.__setattr__(self, "_values", {key: _tuples(value) for key, value in values.items()})

    def __getattr__(self, name: str) -> Any:
        if name in self._values:
            return self._values[name]
        raise AttributeError(
            f"no attribute {name!r}; there are {', '.join(self._values)}", name=name, obj=self
        )

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise TypeError("what a query returned cannot be changed; ask again for the present state")

    def __repr__(self) -> str:
        fields = ", ".join(f"{key}={value!r}" for key, value in self._values.items())
        return f"{type(self).__name__}({fields})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and self._values == other._values

    def __copy__(self) -> Snapshot:
        return self  # it never changes, and `copy` would ask a half-made one for its values

    def __deepcopy__(self, memo: Any) -> Snapshot:
        return self

    def __hash__(self) -> int:
        return hash(tuple(sorted((k, str(v)) for k, v in self._values.items())))


class Object(Snapshot):
    """What `get_object` returns."""

    __slots__ = ()


class Gripper(Snapshot):
    """What `gripper_pose` returns."""

    __slots__ = ()


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def make_errors(declared: Mapping[str, str]) -> dict[str, type[Exception]]:
    """Exception classes by name: the base first, the others derived from it.

    Args:
        declared: Names and docs, the base first, as in the declaration.
    """
    base: type[Exception] = Exception
    made: dict[str, type[Exception]] = {}
    for position, (name, doc) in enumerate(declared.items()):
        members = {"__doc__": doc, "__module__": "blazer", "code": name, "skill": ""}
        made[name] = type(name, (base,), members)
        if position == 0:
            base = made[name]
    return made


def make_skills(
    declared: Sequence[Mapping[str, Any]], errors: Mapping[str, type[Exception]], call: Caller
) -> dict[str, Callable[..., Any]]:
    """One function per declared skill.

    Args:
        declared: name, doc, params (name, optional, type), returns.
        errors: As made by `make_errors`.
        call: Sends (skill, arguments, line) and returns the answer or raises.
    """
    misuse = errors.get("SkillMisuse", ValueError)
    return {str(skill["name"]): _make_skill(skill, misuse, call) for skill in declared}


def _make_skill(skill: Mapping[str, Any], misuse: type[Exception], call: Caller) -> Callable[..., Any]:
    name, params = str(skill["name"]), [dict(param) for param in skill["params"]]
    names = [param["name"] for param in params]
    required = {param["name"] for param in params if not param["optional"]}

    def refuse(text: str) -> NoReturn:
        error = misuse(f"{name}: {text}; call {skill['signature']}")
        error.skill = name  # type: ignore[attr-defined]
        raise error

    def stub(*args: Any, **kwargs: Any) -> Any:
        if len(args) > len(names):
            refuse(f"takes at most {len(names)} arguments, got {len(args)}")
        given = dict(zip(names, args, strict=False))
        for key, value in kwargs.items():
            if key not in names:
                near = get_close_matches(key[:MAX_SHOWN], names, n=1)
                hint = f", did you mean {near[0]!r}?" if near else ""
                refuse(f"unknown argument {key[:MAX_SHOWN]!r}{hint}")
            if key in given:
                refuse(f"got {key!r} twice")
            given[key] = value
        missing = [key for key in names if key in required and key not in given]
        if missing:
            refuse(f"argument {missing[0]!r} is missing")
        plain: dict[str, Any] = {}
        for key, value in given.items():
            try:
                plain[key] = plain_value(value)
            except ValueError as error:
                refuse(f"{key}{error}")
        return _wrap(call(name, plain, program_line()), str(skill["returns"]))

    stub.__name__ = stub.__qualname__ = name
    stub.__doc__ = str(skill["doc"])
    return stub


def _wrap(value: Any, returns: str) -> Any:
    if returns == "object":
        return Object(value)
    if returns == "objects":
        return [Object(item) for item in value]
    if returns == "gripper":
        return Gripper(value)
    return _tuples(value)


def plain_value(value: Any, place: str = "") -> Any:
    """What crosses the wire for an argument: numbers, texts, flags, None and lists of them.

    Args:
        value: Anything.
        place: Where in the argument it is: "", "[2]", "[0][1]".

    Raises:
        ValueError: the place and what is wrong there, to be put after the argument's name.
    """
    if place.count("[") > 4:
        raise ValueError(f"{place} is nested too deeply")
    if value is None or isinstance(value, bool):
        return value
    # A subclass is asked for what it is, not for what its own methods make of it.
    if isinstance(value, str):
        return str.__str__(value)[:1000].encode("utf-8", "replace").decode()
    if isinstance(value, Object):
        # Passing the object where its name is wanted can only mean one thing.
        return value.name
    if isinstance(value, int):
        exact = int.__int__(value)
        return exact if abs(exact) < 2**63 else _not_finite(exact, place)
    if isinstance(value, float):
        number = float.__float__(value)
        return number if math.isfinite(number) else _not_finite(number, place)
    if isinstance(value, (list, tuple, set, frozenset)):
        # Its iteration may be the program's own, and endless.
        items = list(itertools.islice(value, MAX_ELEMENTS + 1))
        if len(items) > MAX_ELEMENTS:
            raise ValueError(f"{place} has more than {MAX_ELEMENTS} elements")
        return [plain_value(item, f"{place}[{index}]") for index, item in enumerate(items)]
    if is_array_like(type(value)):
        if value.size > MAX_ELEMENTS:
            raise ValueError(f"{place} has {value.size} elements")
        return plain_value(value.tolist(), place)
    kind = type(value).__name__
    raise ValueError(f"{place} is a {kind}; pass numbers, strings, True/False, None or lists of them")


def _not_finite(value: float, place: str) -> NoReturn:
    shown = repr(value) if isinstance(value, float) else "a huge integer"
    raise ValueError(f"{place} is {shown}; it must be finite")


def program_line() -> int | None:
    """The line of the program that is executing now."""
    frame = sys._getframe()
    while frame is not None:
        if frame.f_code.co_filename == FILENAME:
            return frame.f_lineno
        frame = frame.f_back  # type: ignore[assignment]
    return None
