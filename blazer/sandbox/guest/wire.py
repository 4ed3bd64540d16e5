"""The channel's line codec, shared by both ends: one JSON object a line, capped and finite.

It is not a serialiser for Python objects: no type tags, no references, no pickles. Lines from the
guest are held to the caps; lines from the host are trusted and may be longer (a program's source).
"""

from __future__ import annotations

import json
import math
from typing import Any

PROTOCOL_VERSION = 2
MAX_LINE_BYTES = 64 * 1024
MAX_DEPTH = 8
FILENAME = "<program>"
"""The program's file in tracebacks."""
PRINT_CHUNK_CHARS = 4 * 1024
"""A longer text is sent in several messages; escaped, a chunk still fits a line."""
END_MARK = b"\x00\x1e end of this run's own output \x1e\x00"
"""Written to the guest's own output before the end of a run is told: two pipes have no common order,
and what went down this one is complete once the mark is there. Evidence at most, like all else."""


class WireFault(ValueError):
    """A line or a value broke the channel's rules."""


def _refuse_constant(name: str) -> float:
    raise WireFault(f"{name} is not a finite number")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise WireFault(f"{text[:20]} is beyond the range of a float")
    return value


def _bounded_int(text: str) -> int:
    if len(text) > 20:
        raise WireFault("an integer has more than 20 digits")
    return int(text)


_HOOKS: dict[str, Any] = {
    "parse_constant": _refuse_constant,
    "parse_float": _finite,
    "parse_int": _bounded_int,
}


def check_depth(value: Any, depth: int = 0) -> None:
    """Refuse values nested deeper than `MAX_DEPTH`.

    Raises:
        WireFault: if they are.
    """
    if depth > MAX_DEPTH:
        raise WireFault(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, dict):
        for item in value.values():
            check_depth(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            check_depth(item, depth + 1)


def _nesting(line: bytes) -> int:
    """An upper bound of the nesting, so that the parser never sees a line that could exhaust it."""
    depth = deepest = 0
    for byte in line:
        if byte in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b"]}":
            depth -= 1
    return deepest


def decode(line: bytes, *, capped: bool = True) -> dict[str, Any]:
    """The object that a line holds.

    Args:
        line: With or without its newline.
        capped: Hold it to the size and depth caps.

    Raises:
        WireFault: if it is not one JSON object within the rules.
    """
    if capped:
        if len(line) > MAX_LINE_BYTES:
            raise WireFault(f"a line of {len(line)} bytes; at most {MAX_LINE_BYTES} are allowed")
        # Brackets inside texts count too; only a line that could be too deep is looked at twice.
        if line.count(b"[") + line.count(b"{") > 900 and _nesting(line) > 900:
            raise WireFault(f"nested deeper than {MAX_DEPTH}")
    # `encode` lets no other numbers out, so a line that is trusted takes the quick way.
    hooks = _HOOKS if capped else {}
    try:
        value = json.loads(line.decode("utf-8"), **hooks)
    except WireFault:
        raise
    except (ValueError, RecursionError) as error:
        raise WireFault(f"not a JSON line: {str(error)[:120]}") from None
    if not isinstance(value, dict):
        raise WireFault("a line must hold one JSON object")
    if capped:
        check_depth(value)
    return value


def encode(value: dict[str, Any]) -> bytes:
    """One line, newline included; ASCII only, so that no text can break the framing.

    Raises:
        WireFault: for values that JSON has no form for, NaN and infinities among them.
    """
    try:
        text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError) as error:
        raise WireFault(f"cannot be sent: {str(error)[:120]}") from None
    return text.encode("ascii") + b"\n"
