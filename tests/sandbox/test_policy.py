"""What the policy reports: everything at once, with places and rewrites, and never by crashing."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazer.sandbox.limits import Limits
from blazer.sandbox.policy import check_program

TEXT = """
x y _ __x self f a.b a.__class__ a[0] 1 'a' ( ) [ ] { } : , . = == += := + - * ** lambda def class if else for
in while try except finally with match case import from as return yield await async not and or is None f'{x}'
@ -> ; global nonlocal del pass raise assert # \\ \0 é \ud800
"""
WORDS = st.sampled_from([*TEXT.split(), "\n", "\n    ", "\n\t", " "])


def rules(source: str) -> list[tuple[str, int]]:
    return [(finding.rule, finding.line) for finding in check_program(source).findings]


def test_all_findings_at_once_in_order() -> None:
    source = "import os\nx = 1\nopen('f')\nx.__globals__\n_getattr_ = 1\npik('a')\nasync def f(): pass\n"
    assert rules(source) == [
        ("import", 1),
        ("builtin", 3),
        ("attribute", 4),
        ("name", 5),
        ("unknown_name", 6),
        ("statement", 7),
    ]


def test_near_names_are_suggested() -> None:
    suggestions = [f.suggestion for f in check_program("move_griper((0, 0, 1))\nnp.pi\n").findings]
    assert "move_gripper" in suggestions[0]
    missing = check_program("numpy.pi").findings[0]
    assert missing.suggestion == "add: import numpy"


def test_import_of_a_missing_name_says_what_there_is() -> None:
    finding = check_program("from math import sqr, sqrt").findings[0]
    assert "'sqr'" in finding.message
    assert "sqrt" in finding.suggestion


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "+".join("1" * 5000),
        "x = a" + ".b" * 5000,
        "x = a" + "()" * 2000,
        "x = " + "-" * 5000 + "1",
        "(" * 150 + ")" * 150,
        "if 1:\n" + "".join(" " * n + "if 1:\n" for n in range(1, 120)) + " " * 120 + "pass",
        "\0",
        "\ufeffimport os",
        "x = '\ud800'",
        "x = 0x" + "f" * 20000,
        "x = " + "9" * 10000,
        "return 1",
        "await x",
        "yield",
        "\r\r\n",
        "f'{" * 200,
        "a" * 200_000,
        "lambda: " * 3000 + "1",
        "[" * 3000,
        "x = 1 if 1 else " * 3000 + "1",
    ],
)
def test_sources_that_crash_parsers_are_answered(source: str) -> None:
    report = check_program(source)
    assert report.accepted == (not report.findings)


def test_size_cap() -> None:
    limits = Limits(source_kb=1)
    assert check_program("x = 1\n" * 100, limits).accepted
    assert [f.rule for f in check_program("x = 1\n" * 200, limits).findings] == ["size"]


@settings(max_examples=300, deadline=500)
@given(st.lists(WORDS, max_size=40))
def test_no_text_crashes_the_policy(words: list[str]) -> None:
    report = check_program(" ".join(words))
    assert report.accepted == (not report.findings)


@settings(max_examples=200, deadline=500)
@given(st.text(max_size=200))
def test_accepted_text_is_python(text: str) -> None:
    if check_program(text).accepted:
        compile(text, "<program>", "exec", ast.PyCF_ONLY_AST)
