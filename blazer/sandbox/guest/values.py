"""What a program may give back: plain JSON data, capped, copied out of whatever class holds it.

Covers: None, flags, numbers, texts, lists, tuples, dicts with text keys, and numpy's scalars and
arrays. Anything else gives no value but a note that says what was there, where, and what would be
right. Only the built-in types' own methods are called on what a program made, so none of its code
runs here.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any, NamedTuple

MAX_BYTES = 32 * 1024
"""Of the value as JSON; with a fault's text beside it a line of the channel still holds it."""
MAX_DEPTH = 6
MAX_ITEMS = 16 * 1024
_LARGEST = 10**18


class Plain(NamedTuple):
    """A copy of a value, or a note that says why there is none."""

    value: Any
    note: str = ""


class _NotPlain(Exception):
    """Says what is not plain, with its place."""


def plain(value: Any, name: str = "result") -> Plain:
    """A plain copy of a value, within the caps.

    Args:
        value: Anything.
        name: What the program calls it, for the note.
    """
    try:
        copy = _Copier().copy(value, name, 0)
        size = len(json.dumps(copy, allow_nan=False, separators=(",", ":")))
        if size > MAX_BYTES:
            raise _NotPlain(f"{name} has {size} bytes as JSON; at most {MAX_BYTES} can be given back")
    except _NotPlain as refusal:
        return Plain(None, str(refusal))
    except (MemoryError, RecursionError) as error:
        return Plain(None, f"{name} could not be copied: {type(error).__name__}")
    return Plain(copy)


class _Copier:
    """Copies one value; counts what it has seen, so that shared parts cannot multiply without end."""

    def __init__(self) -> None:
        self._items = 0

    def copy(self, value: Any, where: str, depth: int) -> Any:
        self._items += 1
        if self._items > MAX_ITEMS:
            raise _NotPlain(f"{where} is one of more than {MAX_ITEMS} items; give back fewer")
        if value is None or value is True or value is False:
            return value
        kind = type(value)
        if _is_numpy(kind):
            return self._array(value, where, depth)
        if issubclass(kind, str):
            return str.__str__(value).encode("utf-8", "backslashreplace").decode()
        if issubclass(kind, int):
            return _integer(int.__int__(value), where)
        if issubclass(kind, float):
            return _number(float.__float__(value), where)
        if depth >= MAX_DEPTH:
            raise _NotPlain(f"{where} is nested deeper than {MAX_DEPTH} levels; give back something flatter")
        if issubclass(kind, (list, tuple)):
            base = list if issubclass(kind, list) else tuple
            return [self.copy(v, f"{where}[{i}]", depth + 1) for i, v in enumerate(base.__iter__(value))]
        if issubclass(kind, dict):
            return {
                _key(key, where): self.copy(item, f"{where}[{_short(key)}]", depth + 1)
                for key, item in dict.items(value)
            }
        raise _NotPlain(_advice(value, where))

    def _array(self, value: Any, where: str, depth: int) -> Any:
        if value.size > MAX_ITEMS:
            raise _NotPlain(f"{where} is an array of {value.size} numbers; at most {MAX_ITEMS} fit")
        if type(value) is sys.modules["numpy"].ndarray and value.dtype.kind in "biufU":
            return self.copy(value.tolist(), where, depth)
        if not value.shape:
            item = value.item()
            if type(item) in (bool, int, float, str):
                return self.copy(item, where, depth)
        raise _NotPlain(_advice(value, where))


def _is_numpy(kind: type) -> bool:
    """Whether this is numpy's own array or scalar: by the class itself, since a program picks names."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and any(base is numpy.ndarray or base is numpy.generic for base in kind.__mro__)


def _integer(value: int, where: str) -> int:
    if abs(value) >= _LARGEST:
        raise _NotPlain(f"{where} is an integer of more than 18 digits; give it back as a text: str(...)")
    return value


def _number(value: float, where: str) -> float:
    if not math.isfinite(value):
        raise _NotPlain(f"{where} is {value!r}; numbers must be finite")
    return value


def _key(key: Any, where: str) -> str:
    if not issubclass(type(key), str):
        raise _NotPlain(f"{where} has a key that is a {type(key).__name__}; keys must be texts: str(key)")
    return str.__str__(key).encode("utf-8", "backslashreplace").decode()


def _short(key: Any) -> str:
    return repr(str.__str__(key)[:40]) if issubclass(type(key), str) else "..."


def _advice(value: Any, where: str) -> str:
    kind = type(value)
    name = type.__repr__(kind).removeprefix("<class '").removesuffix("'>").removeprefix("__main__.")
    right = "make it plain data: numbers, texts, True/False, None, lists and dicts of them"
    if issubclass(kind, (set, frozenset)):
        right = "make it a list: sorted(...)"
    elif issubclass(kind, (bytes, bytearray)):
        right = "make it a text: .decode()"
    elif any("__next__" in vars(base) for base in kind.__mro__):  # asking for it could run a descriptor
        right = "make it a list: list(...)"
    return f"{where} is a {name[:80]}; {right}"
