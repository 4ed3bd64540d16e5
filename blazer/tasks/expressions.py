"""`$name` and `$name[2]`: how a spec refers to the parameters of its variations."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from blazer.core.errors import TaskError

_ENOUGH = 1_000_000
_REFERENCE = re.compile(r"\$([a-z_][a-z0-9_]*)(?:\[([0-9]{1,4})\])?")


def resolve(value: Any, parameters: Mapping[str, Any]) -> Any:
    """`value` with every expression in it replaced, lists and mappings included.

    Raises:
        TaskError: an expression is malformed, or names a parameter or item that does not exist.
    """
    if isinstance(value, str):
        return _resolve_text(value, parameters)
    if isinstance(value, Mapping):
        return {key: resolve(item, parameters) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [resolve(item, parameters) for item in value]
    return value


def resolve_name(value: str, parameters: Mapping[str, Any]) -> str:
    """An expression that must come out as one name.

    Raises:
        TaskError: as `resolve`, or if it comes out as something else.
    """
    found = resolve(value, parameters)
    if not isinstance(found, str):
        raise TaskError(f"{value!r} stands for {found!r}; here it must stand for one name")
    return found


def resolve_names(values: tuple[str, ...], parameters: Mapping[str, Any]) -> list[str]:
    """Names or expressions; one that stands for a list of names is spliced in.

    Raises:
        TaskError: as `resolve`, or if an item is not a name.
    """
    names: list[str] = []
    for value in values:
        found = resolve(value, parameters)
        for item in found if isinstance(found, list) else [found]:
            if not isinstance(item, str):
                raise TaskError(f"{value!r} stands for {found!r}; here it must stand for names")
            names.append(item)
    return names


def _resolve_text(text: str, parameters: Mapping[str, Any]) -> Any:
    if not text.startswith("$"):
        return text
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise TaskError(f"{text!r} is no expression; write '$name' or '$name[2]'")
    name, index = match.groups()
    if name not in parameters:
        known = ", ".join(f"${key}" for key in parameters) or "none"
        raise TaskError(f"{text!r}: there is no parameter {name!r}. Parameters: {known}")
    value = parameters[name]
    if index is None:
        return value
    if not isinstance(value, list) or int(index) >= len(value):
        size = f"a list of {len(value)}" if isinstance(value, list) else f"{value!r}, not a list"
        raise TaskError(f"{text!r}: parameter {name!r} is {size}")
    return value[int(index)]


def weight(value: Any) -> int:
    """How much a value holds: its characters and items, counted no further than they matter."""
    total, waiting = 0, [value]
    while waiting and total <= _ENOUGH:
        item = waiting.pop()
        total += 1 + (len(item) if isinstance(item, str | list | tuple | Mapping) else 0)
        if isinstance(item, Mapping):
            waiting.extend(item.values())
        elif isinstance(item, list | tuple):
            waiting.extend(item)
    return total
