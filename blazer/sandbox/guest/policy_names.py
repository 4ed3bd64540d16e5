"""Findings, and the search for names that nothing defines.

A name that is read and never bound is a certain NameError as soon as its line is reached; found here, it
costs no episode and comes with the names that are near.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

from blazer.sandbox.guest import policy_rules as rules


class Finding(str):
    """An error text for RestrictedPython's list that remembers its parts."""

    rule: str
    line: int
    column: int
    suggestion: str

    @classmethod
    def at(cls, node: ast.AST | None, rule: str, message: str, suggestion: str = "") -> Finding:
        """A finding at the place of `node`."""
        self = cls(message)
        self.rule = rule
        self.line = int(getattr(node, "lineno", 1) or 1)
        self.column = int(getattr(node, "col_offset", 0) or 0) + 1
        self.suggestion = suggestion
        return self

    def as_dict(self) -> dict[str, Any]:
        """Its parts, for the wire."""
        return {
            "rule": self.rule,
            "line": self.line,
            "column": self.column,
            "message": str(self)[:200],
            "suggestion": self.suggestion[:200],
        }


def builtin_names() -> frozenset[str]:
    """Names that every program has without importing anything."""
    return (
        frozenset(rules.BUILTIN_NAMES) | frozenset(rules.OWN_BUILTIN_NAMES) | frozenset(rules.EXCEPTION_NAMES)
    )


_BINDING = (
    ast.FunctionDef,
    ast.ClassDef,
    ast.arg,
    ast.ExceptHandler,
    ast.MatchAs,
    ast.MatchStar,
    ast.MatchMapping,
    ast.Import,
    ast.ImportFrom,
)


def _bound_names(nodes: Sequence[ast.AST]) -> set[str]:
    bound: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                bound.add(node.id)
            continue
        if not isinstance(node, _BINDING):
            continue
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                bound.add(name)
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                bound.add(name)
            case ast.MatchMapping(rest=str(name)):
                bound.add(name)
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                for alias in names:
                    bound.add(alias.asname or alias.name.split(".")[0])
                    if alias.name == "*" and isinstance(node, ast.ImportFrom):
                        bound.update(rules.MODULE_EXPORTS.get(node.module or "", ()))
    return bound


def unknown_names(nodes: Sequence[ast.AST], skill_names: frozenset[str]) -> list[Finding]:
    """Names that are read but that nothing defines: each once, where it is first read."""
    bound = _bound_names(nodes)
    known = bound | builtin_names() | skill_names | rules.GUARD_NAMES
    found: dict[str, Finding] = {}
    for node in nodes:
        if not isinstance(node, ast.Name) or not isinstance(node.ctx, ast.Load):
            continue
        name = node.id
        if name in known or name.startswith("__") or name in found:
            continue
        if name in rules.HINTS:
            found[name] = Finding.at(
                node, "builtin", f"{name!r} is not available to programs", rules.HINTS[name]
            )
        elif name in rules.MODULE_EXPORTS:
            found[name] = Finding.at(node, "unknown_name", f"{name!r} is not defined", f"add: import {name}")
        else:
            near = get_close_matches(name, [*skill_names, *bound, *builtin_names()], n=3)
            hint = f"did you mean {' or '.join(near)}?" if near else "define it before using it"
            found[name] = Finding.at(node, "unknown_name", f"{name!r} is not defined", hint)
    return list(found.values())
