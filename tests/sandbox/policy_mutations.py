"""Programs made of other programs: cut, crossed, misspelt, and given names that must not be said.

Mutations work on the text and on the tree; what comes out may be no Python at all, which is as good.
"""

# Pages of names and pieces read better unwrapped; nothing here is a secret.
# ruff: noqa: E501, SIM905

from __future__ import annotations

import ast
import random
from pathlib import Path

from blazer.sandbox.guest.policy_rules import GUARD_NAMES, READABLE_MAGIC

_ATTACKS = Path(__file__).parents[1] / "attacks"
NAMES = (
    *sorted(GUARD_NAMES),
    *sorted(READABLE_MAGIC),
    *(
        "__globals__ __code__ __closure__ __func__ __self__ __subclasses__ __mro__ __base__ __builtins__ __import__ "
        "__getattribute__ __reduce_ex__ __traceback__ __args__ __origin__ __wrapped__ __metaclass__ __array_interface__ "
        "gi_frame tb_frame f_back f_globals f_builtins cr_frame mro ctypes bit_generator format format_map obj register "
        "tofile view data base _tmp0 _tmp1 __x _x __ ___ ____ ｅval __ｃlass__ print type super object getattr setattr "
        "wraps lru_cache partial Enum dataclass np math copy deepcopy pick SkillError e g f self cls x"
    ).split(),
)
_ODD_TEXT = (
    "\0",
    "\f",
    "\r",
    "\ufeff",
    "\ud800",
    "\\\n",
    "ª",
    "＿",
    "ﬁ",
    "\u2028",
    "\t",
    "{",
    "}",
    "(",
    ")",
    "[",
    "f'{",
    "'''",
    ";",
    "#",
    ":=",
    "**",
    "*",
    "@",
    "\n ",
    "\n\n",
)
_PIECES = (
    "getattr({a}, {n!r})",
    "{a}.{n}",
    "{a}({b})",
    "{a}[{b}]",
    "type({a})",
    "super().{n}",
    "'{{0.{n}}}'.format({a})",
    "f'{{{a}.{n}}}'",
    "map({a}, [{b}])",
    "wraps({a})({b})",
    "lru_cache({a}).{n}",
    "copy.copy({a})",
    "copy.deepcopy({a})",
    "partial({a}, {b})",
    "[{n} for {n} in [{a}]]",
    "(lambda {n}, /, *a, **k: {a})({b})",
    "({n} := {a})",
    "np.array([{a}]).{n}",
    "list[{a}].{n}",
    "dataclass({a})",
    "Enum('E', {{{n!r}: {a}}})",
    "vars({a})",
    "setattr({a}, {n!r}, {b})",
    "sorted([{a}], key={b})",
    "next(iter([{a}]), {b})",
)
_STATEMENTS = (
    "{a}.{n} = {b}",
    "{a}.{n} += {b}",
    "{a}[{b}] = {a}",
    "del {n}",
    "global {n}",
    "match {a}:\n    case {n}({m}={m}):\n        x = {m}\n    case {n}(e):\n        x = e",
    "match {a}:\n    case np.{n} | {{'k': {m}, **x}}:\n        pass",
    "try:\n    {a}.{n}\nexcept Exception as {m}:\n    e = {m}",
    "with {a} as {n}:\n    x = {n}",
    "for {n} in {a}:\n    x = {n}",
    "class {n}({a}):\n    {m} = {b}\n    def {m}(self, x=1): return super().{m}",
    "class C:\n    __slots__ = ({n!r},)\n    def __getattr__(self, n): return {a}\nx = C().{m}",
    "def {n}({m}, /, x={a}):\n    nonlocal_ = {b}\n    return {m}",
    "from {n} import {m}",
    "import {n} as {m}",
    "@{a}\ndef f(x): return x.{n}",
    "x: {a}.{n} = {b}",
    "g = (x for x in [{a}])\nx = g.{n}",
)
_ATOMS = (
    "print pick math np x e f g object str int type super SkillError (lambda:1) () [] {{}} '' 0 None Enum dataclass wraps "
    "(x for x in [1]) np.zeros(3) [].append C np.random.default_rng() copy functools.partial(print) list[int] json"
).split()


def corpus() -> list[str]:
    """The everyday programs and the static attacks."""
    files = [
        *sorted((_ATTACKS / "everyday").glob("*.py")),
        *sorted((_ATTACKS / "hostile").glob("static_*.py")),
    ]
    return [path.read_bytes().decode("utf-8") for path in files if path.stat().st_size < 8000]


def mutate(rng: random.Random, sources: list[str]) -> str:
    """A program that nobody has written."""
    source = rng.choice(sources)
    for _ in range(rng.randint(1, 4)):
        source = rng.choice((_text, _cross, _tree, _tree, _insert, _insert, _rename))(rng, source, sources)
    return source


def invent(rng: random.Random) -> str:
    """A program of nothing but odd look-ups, calls and statements."""
    head = (
        "import copy, math, json, functools\nimport numpy as np\nfrom enum import Enum\n"
        "from functools import wraps, lru_cache, partial\nfrom dataclasses import dataclass\n"
        "class C:\n    x = 1\ndef f(x=1):\n    return x\ng = (x for x in [1])\nx = e = C()\n"
    )
    return head + "\n".join(_guarded(rng, _statement(rng)) for _ in range(rng.randint(1, 8))) + "\n"


def _guarded(rng: random.Random, statement: str) -> str:
    """So that one that raises does not keep the following ones from running."""
    if rng.random() < 0.2 or statement.startswith("global"):
        return statement
    body = "\n".join("    " + line for line in statement.splitlines())
    return f"try:\n{body}\nexcept Exception as e:\n    pass"


def _atom(rng: random.Random) -> str:
    return rng.choice(_ATOMS).replace("{{}}", "{}")


def _expression(rng: random.Random, depth: int = 0) -> str:
    if depth > 2 or rng.random() < 0.25:
        return _atom(rng)
    inner = {"a": _expression(rng, depth + 1), "b": _expression(rng, depth + 1), "n": rng.choice(NAMES)}
    return rng.choice(_PIECES).format(**inner)


def _statement(rng: random.Random) -> str:
    if rng.random() < 0.5:
        return f"x = {_expression(rng)}"
    inner = {"a": _expression(rng), "b": _expression(rng), "n": rng.choice(NAMES), "m": rng.choice(NAMES)}
    return rng.choice(_STATEMENTS).format(**inner)


def _text(rng: random.Random, source: str, sources: list[str]) -> str:
    place = rng.randrange(len(source) + 1)
    end = min(len(source), place + rng.choice((0, 0, 1, 3, 20, 200)))
    return source[:place] + rng.choice((*_ODD_TEXT, *NAMES)) * rng.choice((1, 1, 1, 40)) + source[end:]


def _cross(rng: random.Random, source: str, sources: list[str]) -> str:
    first, second = source.splitlines(True), rng.choice(sources).splitlines(True)
    if not first or not second:
        return source
    return "".join(first[: rng.randrange(len(first) + 1)] + second[rng.randrange(len(second)) :])


def _insert(rng: random.Random, source: str, sources: list[str]) -> str:
    lines = source.splitlines(True)
    place = rng.randrange(len(lines) + 1)
    indent = ""
    if place < len(lines):
        line = lines[place]
        indent = line[: len(line) - len(line.lstrip(" "))]
    made = "\n".join(indent + line for line in _statement(rng).splitlines()) + "\n"
    return "".join([*lines[:place], made, *lines[place:]])


def _rename(rng: random.Random, source: str, sources: list[str]) -> str:
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return source
    names = sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})
    names += sorted({node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)})
    return source.replace(rng.choice(names), rng.choice(NAMES)) if names else source


class _Swap(ast.NodeTransformer):
    """Puts expressions from elsewhere in the place of some."""

    def __init__(self, rng: random.Random, pool: list[ast.expr]) -> None:
        self._rng, self._pool = rng, pool

    def generic_visit(self, node: ast.AST) -> ast.AST:
        node = super().generic_visit(node)
        rng = self._rng
        if rng.random() > 0.04:
            return node
        if isinstance(node, ast.Attribute):
            node.attr = rng.choice(NAMES)
        elif isinstance(node, ast.arg):
            node.arg = rng.choice(NAMES)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = rng.choice(NAMES)
        elif isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return rng.choice(self._pool)
        return node


def _tree(rng: random.Random, source: str, sources: list[str]) -> str:
    try:
        tree = ast.parse(source)
        other = ast.parse(rng.choice(sources))
        pool = [n for n in ast.walk(other) if isinstance(n, ast.expr) and not hasattr(n, "ctx")]
        return ast.unparse(_Swap(rng, pool or [ast.Constant(1)]).visit(tree))
    except (SyntaxError, ValueError, RecursionError, TypeError, AttributeError, MemoryError, KeyError):
        return source  # some trees cannot be written as text
