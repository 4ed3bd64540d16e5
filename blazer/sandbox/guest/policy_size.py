"""How large and how deep a program may be, so that reading it never takes long.

The parser and the compiler have costs that grow faster than the text: nested `finally` blocks are
compiled twice each, so that twenty of them are a million; names of keywords are compared in pairs. What
would cost more than a fraction of a second is refused before it is compiled.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

from blazer.sandbox.guest.policy_names import Finding

MAX_NESTING = 300
MAX_NODES = 40_000
MAX_COPIES = 15_000
"""Nodes that the compiler emits again, beyond the first time."""
MAX_KEYWORDS = 200
MAX_CAPTURES = 60


class Measured(NamedTuple):
    """All nodes of a program but the leaves, or why it is too large."""

    nodes: list[ast.AST]
    refusal: Finding | None


def measure(tree: ast.Module) -> Measured:
    """Collect the nodes of a program, level by level, so that no depth exhausts this function."""
    found: list[ast.AST] = []
    level: list[ast.AST] = [tree]
    depth = 0
    while level:
        if depth >= MAX_NESTING:
            deep = next((node for node in level if hasattr(node, "lineno")), tree)
            return Measured(found, _deep(deep))
        if len(found) + len(level) > MAX_NODES:
            return Measured(found, _large(tree, "has too many parts"))
        found += level
        level = [child for node in level for child in _children(node)]
        depth += 1
    return Measured(found, _costly(found))


def _deep(node: ast.AST) -> Finding:
    return Finding.at(node, "depth", f"nested deeper than {MAX_NESTING} levels", "split the expression up")


def _large(node: ast.AST, what: str) -> Finding:
    return Finding.at(node, "size", f"the program {what}", "write less, or use a loop")


_NO_NODES = frozenset(
    {"ctx", "op", "ops", "id", "attr", "arg", "name", "names", "module", "asname", "level", "kind"}
    | {"type_comment", "conversion", "simple", "is_async", "kwd_attrs", "rest"}
)
"""Fields that hold no node with a child of its own."""
_FIELDS: dict[type, tuple[str, ...]] = {ast.Constant: ()}


def node_fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields of a kind of node that may hold further nodes."""
    if kind not in _FIELDS:
        _FIELDS[kind] = tuple(field for field in kind._fields if field not in _NO_NODES)
    return _FIELDS[kind]


def _children(node: ast.AST) -> list[ast.AST]:
    children: list[ast.AST] = []
    for field in node_fields(type(node)):
        value = getattr(node, field, None)
        if type(value) is list:
            children += value if None not in value else [item for item in value if item is not None]
        elif isinstance(value, ast.AST):
            children.append(value)
    return children


def _costly(nodes: list[ast.AST]) -> Finding | None:
    """The first node whose cost grows with the square of its size, or faster, and is too large."""
    finals = False
    for node in nodes:
        if type(node) not in _COUNTED:
            continue
        match node:
            case ast.Call(keywords=given) | ast.ClassDef(keywords=given) | ast.MatchClass(kwd_attrs=given):
                if len(given) > MAX_KEYWORDS:
                    return _large(node, f"has more than {MAX_KEYWORDS} keywords in one place")
            case ast.MatchOr(patterns=[first, *_]):
                if sum(isinstance(part, ast.MatchAs) for part in ast.walk(first)) > MAX_CAPTURES:
                    return _large(node, f"has alternatives with more than {MAX_CAPTURES} names")
            case ast.Try(finalbody=[_, *_]):
                finals = True
    return _doubled(nodes) if finals else None


_COUNTED = frozenset({ast.Call, ast.ClassDef, ast.MatchClass, ast.MatchOr, ast.Try})


def _doubled(nodes: list[ast.AST]) -> Finding | None:
    """Count what is compiled: a `finally` block once for each way out of its `try`."""
    weights: dict[int, tuple[int, int]] = {}  # id -> (nodes emitted, ways out)
    for node in reversed(nodes):  # children before their parents
        weight, exits = 1, int(isinstance(node, (ast.Return, ast.Break, ast.Continue)))
        finals = {id(child) for child in node.finalbody} if isinstance(node, ast.Try) else set()
        final_weight = final_exits = 0
        for child in _children(node):
            child_weight, child_exits = weights.pop(id(child))
            if id(child) in finals:
                final_weight, final_exits = final_weight + child_weight, final_exits + child_exits
            else:
                weight, exits = weight + child_weight, exits + child_exits
        copies = 2 + exits
        weight, exits = weight + final_weight * copies, exits + final_exits * copies
        if weight > len(nodes) + MAX_COPIES:
            return Finding.at(
                node, "size", "too much is compiled for nested finally blocks", "nest fewer try statements"
            )
        weights[id(node)] = (weight, exits)
    return None
