"""Findings, and the search for names that nothing defines.

A name that is read and never bound is a certain NameError as soon as its line is reached, and a name
that a module does not offer a certain AttributeError; found here, they cost no episode and come with the
names that are near.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from typing import Any

from blazer.sandbox.guest import policy_rules as rules
from blazer.sandbox.guest.exports import MODULE_EXPORTS

MAX_FINDINGS = 25
_LONGEST_NAME = 60


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
            "message": _plain(self)[:200],
            "suggestion": _plain(self.suggestion)[:200],
        }


def _plain(text: str) -> str:
    return str(text).encode("utf-8", "backslashreplace").decode()


def near_names(name: str, known: Iterable[str], found: int = 0) -> list[str]:
    """Names that are spelt like `name`; none for long names, or once there are findings enough.

    Comparing costs the product of the lengths, so a program full of unknown names would take minutes.
    """
    if found >= MAX_FINDINGS or len(name) > _LONGEST_NAME:
        return []
    candidates = [other for other in known if abs(len(other) - len(name)) <= 6][:400]
    folded = name.casefold().replace("_", "")
    same = [other for other in candidates if other.casefold().replace("_", "") == folded]
    return same[:3] or get_close_matches(name, candidates, n=3, cutoff=0.7)


def builtin_names() -> frozenset[str]:
    """Names that every program has without importing anything."""
    return _BUILTIN


_BUILTIN = (
    frozenset(rules.BUILTIN_NAMES) | frozenset(rules.OWN_BUILTIN_NAMES) | frozenset(rules.EXCEPTION_NAMES)
)


class Names:
    """What a program binds and reads, whatever the scope.

    Args:
        nodes: All nodes of the program.
    """

    def __init__(self, nodes: Sequence[ast.AST]) -> None:
        self.bound: set[str] = set()
        """By anything but an import."""
        self.modules: dict[str, str] = {}
        """Names bound by imports of whole modules, and the modules."""
        self.imported: set[str] = set()
        self.read: list[ast.Name] = []
        self.attributes: list[ast.Attribute] = []
        self._ignored: set[int] = set()
        for node in nodes:
            reader = _READERS.get(type(node))
            if reader is not None:
                reader(self, node)
        if self._ignored:
            self.read = [node for node in self.read if id(node) not in self._ignored]

    def _name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.read.append(node)
        else:
            self.bound.add(node.id)

    def _named(self, node: Any) -> None:
        if node.name is not None:
            self.bound.add(node.name)

    def _arg(self, node: ast.arg) -> None:
        self.bound.add(node.arg)

    def _rest(self, node: ast.MatchMapping) -> None:
        if node.rest is not None:
            self.bound.add(node.rest)

    def _attribute(self, node: ast.Attribute) -> None:
        self.attributes.append(node)

    def _import(self, node: ast.Import) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            self.imported.add(name)
            self.modules[name] = alias.name if alias.asname else name

    def _import_from(self, node: ast.ImportFrom) -> None:
        module = node.module or ""
        for alias in node.names:
            if alias.name == "*":
                self.imported.update(MODULE_EXPORTS.get(module, ()))
                self.bound.update(MODULE_EXPORTS.get(module, ()))
                continue
            name = alias.asname or alias.name
            self.imported.add(name)
            inner = f"{module}.{alias.name}"
            if inner in MODULE_EXPORTS:
                self.modules[name] = inner
            else:
                self.bound.add(name)

    def ignore(self, annotations: Iterable[ast.AST]) -> None:
        """Leave names in annotations out: they are never evaluated."""
        for annotation in annotations:
            self._ignored.update(id(node) for node in ast.walk(annotation))
        self.read = [node for node in self.read if id(node) not in self._ignored]


_READERS: dict[type, Any] = {
    ast.Name: Names._name,
    ast.FunctionDef: Names._named,
    ast.AsyncFunctionDef: Names._named,
    ast.ClassDef: Names._named,
    ast.ExceptHandler: Names._named,
    ast.MatchAs: Names._named,
    ast.MatchStar: Names._named,
    ast.MatchMapping: Names._rest,
    ast.arg: Names._arg,
    ast.Attribute: Names._attribute,
    ast.Import: Names._import,
    ast.ImportFrom: Names._import_from,
}


def name_findings(nodes: Sequence[ast.AST], skill_names: frozenset[str]) -> list[Finding]:
    """Names that nothing defines, and names that a module does not offer."""
    names = Names(nodes)
    if any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in nodes):
        names.ignore(_annotations(nodes))
    unknown = unknown_names(names, skill_names)
    return [*unknown, *_unknown_members(names, len(unknown))]


def _annotations(nodes: Sequence[ast.AST]) -> Iterable[ast.AST]:
    for node in nodes:
        if not isinstance(node, (ast.arg, ast.AnnAssign, ast.FunctionDef)):
            continue
        for field in ("annotation", "returns"):
            annotation = getattr(node, field, None)
            if annotation is not None:
                yield annotation


def unknown_names(names: Names, skill_names: frozenset[str]) -> list[Finding]:
    """Names that are read but that nothing defines: each once, where it is first read."""
    known = names.bound | names.imported | builtin_names() | skill_names | rules.GUARD_NAMES
    found: dict[str, Finding] = {}
    for node in names.read:
        name = node.id
        if name in known or name in found or name.startswith("__"):
            continue
        if len(found) >= MAX_FINDINGS:
            break
        found[name] = _unknown(node, name, known, skill_names)
    return list(found.values())


_HOMES = {name: module for module, names in reversed(MODULE_EXPORTS.items()) for name in names}
"""Where an unknown name may have been meant to come from."""


def _unknown(node: ast.Name, name: str, known: Iterable[str], skill_names: frozenset[str]) -> Finding:
    if name in rules.HINTS:
        return Finding.at(node, "builtin", f"{name!r} is not available to programs", rules.HINTS[name])
    message = f"{name[:_LONGEST_NAME]!r} is not defined"
    module = {"np": "numpy as np", "plt": "", "npt": "numpy.typing as npt"}.get(name, name)
    if module.split(" ")[0] in MODULE_EXPORTS:
        return Finding.at(node, "unknown_name", message, f"add: import {module}")
    # Skills first: of two names that are equally near, a skill is the likelier.
    near = near_names(name, [*sorted(skill_names), *sorted(set(known) - skill_names)])
    if name in _HOMES and not any(other in skill_names for other in near):
        return Finding.at(node, "unknown_name", message, f"add: from {_HOMES[name]} import {name}")
    hint = f"did you mean {' or '.join(near)}?" if near else "define it before using it"
    return Finding.at(node, "unknown_name", message, hint)


def _unknown_members(names: Names, already: int) -> list[Finding]:
    """`math.sqr`, where `math` can only be the module."""
    found: list[Finding] = []
    modules = {name: module for name, module in names.modules.items() if name not in names.bound}
    for node in names.attributes:
        parts = _dotted(node, modules)
        if parts is None or len(found) + already >= MAX_FINDINGS:
            continue
        module, name = parts
        if module not in MODULE_EXPORTS or name in MODULE_EXPORTS[module] or name.startswith("__"):
            continue
        if f"{module}.{name}" in MODULE_EXPORTS:
            continue
        near = near_names(name, MODULE_EXPORTS[module], len(found) + already)
        hint = rules.MEMBER_HINTS.get(f"{module}.{name}") or (
            f"did you mean {' or '.join(near)}?" if near else "compute it in the program"
        )
        message = f"{module!r} does not offer {name[:_LONGEST_NAME]!r} to programs"
        found.append(Finding.at(node, "module_member", message, hint))
    return found


def _dotted(node: ast.Attribute, modules: dict[str, str]) -> tuple[str, str] | None:
    """The module and the name of `alias.name`, `alias.part.name`."""
    owner = node.value
    if isinstance(owner, ast.Name):
        module = modules.get(owner.id)
        return (module, node.attr) if module else None
    if isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name):
        module = modules.get(owner.value.id)
        inner = f"{module}.{owner.attr}"
        return (inner, node.attr) if inner in MODULE_EXPORTS else None
    return None
