"""The language policy: which Python a program may be written in.

Covers: syntax, names, attributes and imports by which a program could reach the interpreter's
insides; refused before anything runs, all findings at once, each with a place and a rewrite.
Does not cover: time, memory, output, or a hole in CPython or RestrictedPython. It gives quick, kind
errors and is a second wall; the process or container around the guest is the boundary.

What a text may be is decided once, here: it is decoded, measured, parsed, rewritten and compiled in one
go, and what was checked is what runs.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import CodeType
from typing import NamedTuple

from blazer.sandbox.guest.policy_names import MAX_FINDINGS, Finding, name_findings
from blazer.sandbox.guest.policy_size import measure
from blazer.sandbox.guest.rewriter import compile_program

FILENAME = "<program>"
_RECURSION = 10_000


class Examined(NamedTuple):
    """What `examine` found: code to run, or the findings."""

    code: CodeType | None
    findings: tuple[Finding, ...]
    used_names: frozenset[str]


def examine(source: str | bytes, skill_names: Iterable[str], *, max_bytes: int = 64 * 1024) -> Examined:
    """Check a program and compile it with guards woven in.

    Args:
        source: The program's text, or its bytes in UTF-8; a byte order mark is left out.
        skill_names: Names beside the built-in ones that exist in every program.
        max_bytes: Longest program, UTF-8.

    Returns:
        Code and no findings, or no code and at least one finding. Nothing is raised for any text.
    """
    try:
        with _room_to_recurse(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a text may hold "\d"; nobody reads a guest's warnings
            return _examine(source, frozenset(skill_names), max_bytes)
    except (RecursionError, MemoryError):
        return _refused("depth", "the program is nested too deeply to be read", "split long expressions up")
    except SyntaxError as error:
        return Examined(None, (_syntax_finding(error),), frozenset())
    except (ValueError, OverflowError, AssertionError, SystemError) as error:
        # The parser's own crashes (NUL bytes, lone surrogates, numbers beyond limits): a refusal.
        return _refused(
            "syntax", f"the program cannot be read: {error}", "use plain text without control bytes"
        )


@contextmanager
def _room_to_recurse() -> Iterator[None]:
    """The same depth wherever this runs; what is deeper than `policy_size` allows never gets here."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _refused(rule: str, message: str, suggestion: str = "") -> Examined:
    return Examined(None, (Finding.at(None, rule, message, suggestion),), frozenset())


def _syntax_finding(error: SyntaxError) -> Finding:
    place = ast.Pass(lineno=max(error.lineno or 1, 1), col_offset=max((error.offset or 1) - 1, 0))
    hint = "use spaces only, four for each level" if isinstance(error, IndentationError) else ""
    return Finding.at(place, "syntax", f"{type(error).__name__}: {error.msg}", hint)


def _examine(source: str | bytes, skill_names: frozenset[str], max_bytes: int) -> Examined:
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        return _refused(
            "size", f"the program has {size} bytes; at most {max_bytes} are allowed", "write less"
        )
    text = source.decode("utf-8") if isinstance(source, bytes) else source
    tree = ast.parse(text.removeprefix("\ufeff"), FILENAME, "exec")
    measured = measure(tree)
    if measured.refusal is not None:
        return Examined(None, (measured.refusal,), frozenset())
    named = name_findings(measured.nodes, skill_names)
    compiled = compile_program(tree, FILENAME)
    findings = sorted([*compiled.findings, *named], key=lambda found: (found.line, found.column))
    if findings:
        return Examined(None, tuple(findings[:MAX_FINDINGS]), frozenset())
    return Examined(compiled.code, (), compiled.used_names)
