"""What the policy accepts and refuses, rule by rule, and what it says about it."""

# Programs read better unwrapped.
# ruff: noqa: E501, SIM905

from __future__ import annotations

import ast
import sys
from importlib.metadata import version

import pytest

from blazer.sandbox.guest.policy import examine
from blazer.sandbox.guest.policy_rules import DEFINABLE_MAGIC, NAMESPACE_NAMES, READABLE_MAGIC
from blazer.sandbox.guest.rewriter import ProgramPolicy
from blazer.sandbox.guest.runtime import hint_for
from blazer.sandbox.policy import check_program
from blazer.sandbox.protocol import skill_names
from tests.sandbox.policy_properties import takes_long

RUN_AGAINST_RESTRICTEDPYTHON = ("9.0",)
RUN_AGAINST_PYTHON = ((3, 11),)
"""Versions that the attack suite has been run against; add one when it has been."""


def refused(source: str) -> list[str]:
    return [f"{found.rule}: {found.suggestion}" for found in check_program(source).findings]


# --- versions ------------------------------------------------------------------------------------


def test_this_restrictedpython_has_been_attacked() -> None:
    found = version("RestrictedPython")
    assert found in RUN_AGAINST_RESTRICTEDPYTHON, (
        f"the attack suite has not been run against RestrictedPython {found}: run pytest tests/attacks "
        "and scripts/fuzz, then add it here"
    )


def test_this_python_has_been_attacked() -> None:
    found = sys.version_info[:2]
    assert found in RUN_AGAINST_PYTHON, (
        f"the attack suite has not been run against Python {found}: run pytest tests/attacks and "
        "scripts/fuzz, then add it here"
    )


def test_a_new_kind_of_syntax_is_refused() -> None:
    class NewStatement(ast.stmt):
        _fields = ("body",)

    class NewOperator(ast.operator):
        pass

    for tree in (
        ast.Module([NewStatement(lineno=1, col_offset=0, body=[])], []),
        ast.Module([ast.Expr(ast.BinOp(ast.Constant(1), NewOperator(), ast.Constant(2)))], []),
    ):
        policy = ProgramPolicy()
        policy.visit(ast.fix_missing_locations(tree))
        assert [error.rule for error in policy.errors] == ["statement"]


def test_no_listed_special_name_is_a_way_in() -> None:
    ways_in = {
        f"__{name}__"
        for name in (
            "del getattribute class reduce reduce_ex getstate setstate subclasshook instancecheck globals code func self "
            "closure subclasses mro bases traceback builtins import array_interface array_struct prepare mro_entries"
        ).split()
    }
    assert not ways_in & DEFINABLE_MAGIC
    assert not ways_in & NAMESPACE_NAMES
    assert not (ways_in - {"__class__"}) & READABLE_MAGIC


# --- what is accepted ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "source",
    [
        "class A:\n    def __init__(self):\n        self.__n = 0\n        self.__n += 1\n    def __go(self): pass",
        "from abc import ABCMeta\nclass A(metaclass=ABCMeta): pass",
        "class A:\n    __match_args__ = ('x',)\n    def __new__(cls): return super().__new__(cls)",
        "class A:\n    def __init_subclass__(cls, /, kind=None, **kw): super().__init_subclass__(**kw)\nclass B(A, kind='x'): pass",
        "a = b, c = 1, 2\n(a, b), *c = (1, 2), 3\nfor i, (j, k) in []: pass",
        "def f(self, *, key: 'int' = 1, **kw) -> 'Unknown': ...",
        "from __future__ import annotations\ndef f(x: Unknown) -> Also[Unknown]: ...\ny: Unknown",
        "import numpy.linalg as la, collections.abc\nla.norm([1])\ncollections.abc.Mapping",
        "from typing import *\nx: Optional[List[int]] = None",
        "e = None\ntry:\n    pass\nexcept (FileNotFoundError, IOError, BlockingIOError) as e:\n    print(e.__cause__, type(e).__name__)",
        "print('x', file=__import_me) if False else None\n__import_me = 1",
        "match 1:\n    case int() | float(): pass\n    case {'a': [x, *_], **rest}: pass\n    case _: pass",
        "x = '\\d'",
        "__version__ = '1'\nprint(__name__, __version__)",
        "def f(eval): return eval(1)\ndef compile(x): return x",
        "object.__setattr__(1, 'a', 2)",
        "if 1:\n\tx = 1\n\ty = 2",
    ],
)
def test_everyday_python_is_accepted(source: str) -> None:
    assert refused(source) == []


def test_an_assignment_to_several_targets_is_evaluated_once() -> None:
    source = "calls = []\ndef f():\n    calls.append(1)\n    return [1, 2]\n(a, b) = (c, d) = f()\n"
    names = _run(source)
    assert (names["a"], names["d"], names["calls"]) == (1, 2, [1])


def test_a_program_has_its_own_future_statements_only() -> None:
    assert _run("def f(x: int): pass\nkind = f.__annotations__['x']")["kind"] is int


def _run(source: str) -> dict[str, object]:
    from tests.sandbox.policy_oracle import guarded  # noqa: PLC0415

    examined = examine(source, skill_names())
    assert examined.code is not None, examined.findings
    _, names = guarded()
    exec(examined.code, names)
    return names


# --- what it says --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "rule", "part"),
    [
        ("pik('a')", "unknown_name", "pick"),
        ("movegripper((0, 0, 0))", "unknown_name", "move_gripper"),
        ("getObjects()", "unknown_name", "get_objects"),
        ("prnt(1)", "unknown_name", "print"),
        ("enumrate([])", "unknown_name", "enumerate"),
        ("x = sqrt(2)", "unknown_name", "from math import sqrt"),
        ("x = np.zeros(3)", "unknown_name", "import numpy as np"),
        ("x: List[int] = []", "unknown_name", "from typing import List"),
        ("import math\nmath.squareroot(2)", "module_member", "compute it in the program"),
        ("import math\nmath.hypott(2)", "module_member", "hypot"),
        ("import numpy as np\nnp.linalg.nrom([1])", "module_member", "norm"),
        ("import numpy as np\nnp.load('x')", "module_member", "no files"),
        ("import numpy as np\nx = np.float(1)", "module_member", "np.float64"),
        ("import nunpy", "import", "numpy"),
        ("import os.path", "import", "no files"),
        ("import scipy.spatial", "import", "numpy"),
        ("import json.decoder", "import", "import json itself"),
        ("from operator import attrgetter", "import", "lambda"),
        ("from functools import partal", "import", "partial"),
        ("from .x import y", "import", "no import"),
        ("open('x')", "builtin", "no files"),
        ("x = input()", "builtin", "get_objects"),
        ("async def f(): pass", "statement", "plain def"),
        ("try:\n    pass\nexcept* ValueError:\n    pass", "statement", "except instead"),
        ("class A:\n    def __del__(self): pass", "name", "__exit__"),
        ("x = ().__class__.__mro__", "attribute", "isinstance"),
        ("if 1:\nx", "syntax", "four"),
        ("print 'x'", "syntax", ""),
    ],
)
def test_a_finding_says_what_to_write_instead(source: str, rule: str, part: str) -> None:
    found = refused(source)
    assert found
    assert found[0].startswith(f"{rule}: ")
    assert part in found[0]


def test_a_name_that_is_not_only_the_module_is_left_alone() -> None:
    assert refused("import math\ndef f(math):\n    return math.anything\n") == []
    assert refused("import numpy as np\nnp = 1\nprint(np.anything)\n") == []


@pytest.mark.parametrize(
    ("source", "part"),
    [
        ("[1].apend(2)", "did you mean append?"),
        ("class A:\n    speed = 1\nA().sped", "did you mean speed?"),
        ("import numpy as np\nnp.zeros(3).reshpe(3)", "did you mean reshape"),
        ("import math as m\ng = m\ng.sqr(2)", "did you mean sqrt"),
        ("import numpy as np\ng = np\ng.load('x')", "no files"),
    ],
)
def test_a_misspelt_attribute_is_told_when_it_fails(source: str, part: str) -> None:
    with pytest.raises(AttributeError) as raised:
        _run(source)
    assert part in f"{raised.value}{hint_for(raised.value)}"


# --- sizes ---------------------------------------------------------------------------------------


def _nested_finally(depth: int) -> str:
    parts = [" " * i + "try:\n" + " " * (i + 1) + "pass\n" + " " * i + "finally:\n" for i in range(depth)]
    return "".join(parts) + " " * depth + "pass\n"


def _or_patterns(names: int) -> str:
    listed = [f"a{i}" for i in range(names)]
    cases = ("[" + ",".join(listed[k:] + listed[:k]) + "]" for k in range(15))
    return "match x:\n case " + "|".join(cases) + ": pass\nx = 1"


@pytest.mark.parametrize(
    "source",
    [
        _nested_finally(19),
        "def f():\n" + "".join(f" try:\n  return {i}\n finally:\n  " + "x;" * 400 + "\n" for i in range(60)),
        "def f():\n try:\n" + "  if a: return\n" * 2500 + " finally:\n" + "  b = 1\n" * 3000,
        "f = dict\nf(" + ",".join(f"a{i}=1" for i in range(7000)) + ")",
        "match 1:\n case C(" + ",".join(f"a{i}=1" for i in range(6000)) + "): pass\nclass C: pass",
        _or_patterns(600),
        "\n".join(f"some_name_{i} = other_nmae_{i}" for i in range(1500)),
        "\n".join(f"from numpy import arrray{i}" for i in range(2000)),
        "import numpy as np\n" + "\n".join(f"np.arrray{i}" for i in range(3000)),
        "\n".join(f"import nunpy{i}" for i in range(3500)),
        "x = " + "a" * 60_000,
        "a = " + "b = " * 15_000 + "1",
        "(a, b) = " * 3000 + "[" + "1," * 15_000 + "]",
        "x;" * 32_000,
        "x = [" + "f'{y!r:>{z}}'," * 4000 + "]",
        "x = " + "(lambda: " * 190 + "1" + ")" * 190,
        "x = " + "[y for y in " * 190 + "z" + "]" * 190,
        "@a\n" * 15_000 + "def f(): pass",
        "def f(" + ",".join(f"a{i}" for i in range(9000)) + "): pass",
        "def f():\n global " + ",".join(f"a{i}" for i in range(9000)),
        "x" + ".y" * 290 + "\n" + "z\n" * 30_000,
        "\n" * 65_000,
        "#" * 65_000,
        "'" + "\\" * 60_000,
        "f'" + "{" * 20_000,
        "[" * 60_000,
        "if x:\n pass\n" + "elif x:\n pass\n" * 4000,
        "x = 0x" + "f" * 60_000,
        "x = 2" + "**2" * 10_000,
        "class " + "".join(f"C{i}(" for i in range(2000)),
    ],
    ids=range(30),
)
def test_no_source_takes_long(source: str) -> None:
    examined = examine(source, skill_names(), max_bytes=64 * 1024)
    assert (examined.code is None) == bool(examined.findings)
    assert not takes_long(source)


def test_text_and_bytes_are_answered_alike() -> None:
    for text in (
        "x = 1",
        "\ufeffimport os",
        "# -*- coding: utf-7 -*-\nimport os",
        "x = 'é'\r\ny",
        "a\rb",
        "\fx = 1",
    ):
        as_text, as_bytes = examine(text, ()), examine(text.encode("utf-8"), ())
        assert [f.as_dict() for f in as_text.findings] == [f.as_dict() for f in as_bytes.findings]
    assert [f.rule for f in examine(b"x = '\xff'", ()).findings] == ["syntax"]
    assert examine("\ufeffx = 1", ()).findings == ()


def test_the_recursion_limit_is_left_as_it_was() -> None:
    before = sys.getrecursionlimit()
    examine("x = " + "(" * 100 + ")" * 100, ())
    examine("x = " + "-" * 9000 + "1", ())
    assert sys.getrecursionlimit() == before
