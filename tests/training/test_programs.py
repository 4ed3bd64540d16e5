"""What counts as the same program, how near two are, and how one finds its objects."""

from __future__ import annotations

import ast
import io
import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task, reference_program, task_names
from blazer.training.programs import (
    DEDENT,
    INDENT,
    MAX_CHARS,
    NEWLINE,
    normalised,
    program_key,
    refers,
    similarity,
    tokens,
)
from tests.training.builders import state_of

SAME = """
jar = get_objects(kind="jar", color="red")[0]
for index, item in enumerate(get_objects()):
    along = index * 0.05
    place_at((along, item.position[1], jar.height))
"""


@pytest.mark.parametrize(
    "other",
    [
        SAME.replace("jar =", "jar  =  ").replace("(along,", "( along ,"),
        "# a comment\n" + SAME.replace("along =", "# what\n    along =") + "\n\n",
        SAME.replace('"jar"', "'jar'").replace('"red"', "'red'"),
        SAME.replace("    ", "\t"),
        SAME.replace("\n", "\r\n"),
        SAME.replace("along", "offset").replace("item", "thing").replace("index", "i"),
        SAME.replace("jar =", "target =").replace("jar.height", "target.height"),
        SAME.replace("place_at((along,", "place_at((\n        along,\n "),
    ],
)
def test_comments_layout_quotes_and_local_names_make_no_other_program(other: str) -> None:
    assert program_key(other) == program_key(SAME)


@pytest.mark.parametrize(
    "other",
    [
        SAME.replace('"red"', '"rose"'),
        SAME.replace("0.05", "0.06"),
        SAME.replace("jar.height", "jar.width"),
        SAME.replace("    place_at", "place_at"),
        SAME.replace("place_at", "move_gripper"),
        SAME.replace("enumerate", "reversed"),
        SAME.replace("index * ", "index + "),
        SAME.replace("color=", "kind="),
        SAME.replace("jar.height", "along"),
    ],
)
def test_a_difference_in_meaning_makes_another_program(other: str) -> None:
    assert other != SAME
    assert program_key(other) != program_key(SAME)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = max(1, 2)\nmax = 3", "x = min(1, 2)\nmin = 3"),
        ("i = 0\nj = 1\npick(f'block{i}')", "j = 0\ni = 1\npick(f'block{i}')"),
        ("f(max)[0] = 1", "f(min)[0] = 1"),
        ("x: int = 3\nprint(int(x))", "x: float = 3\nprint(float(x))"),
        ("pick(name, yaw=1)", "pick(name, angle=1)"),
        ("a.x = 1", "a.y = 1"),
        ("def f(x, y=max): pass\nmax(1)", "def f(x, y=min): pass\nmin(1)"),
    ],
)
def test_names_that_are_not_the_programs_own_are_kept(one: str, other: str) -> None:
    assert program_key(one) != program_key(other)


def test_text_in_strings_is_kept_as_it_is() -> None:
    assert tokens('say("a # no comment")') == ("say", "(", '"a # no comment"', ")", NEWLINE)[:4]
    assert program_key('x = """a\n  b"""') != program_key('x = """a\n b"""')
    assert program_key("x = 'it\\'s'") == program_key("x  =  'it\\'s'")


def test_indentation_becomes_levels() -> None:
    words = tokens("if a:\n        b\n\n# x\nc")
    assert words == ("if", "a", ":", NEWLINE, INDENT, "b", NEWLINE, DEDENT, "c")


@pytest.mark.parametrize("name", task_names())
def test_tokens_agree_with_pythons_own_on_every_reference_program(name: str) -> None:
    program = reference_program(instantiate(get_task(name), 0))
    skipped = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
    skipped |= {tokenize.ENDMARKER, tokenize.ENCODING}
    plain = [
        t.string
        for t in tokenize.generate_tokens(io.StringIO(program).readline)
        if t.type not in skipped and t.type != tokenize.STRING
    ]
    ours = [w for w in tokens(program) if w not in (NEWLINE, INDENT, DEDENT) and not w.endswith(('"', "'"))]
    assert ours == plain


@given(st.text(max_size=200))
def test_no_text_is_too_broken(text: str) -> None:
    assert program_key(text) == program_key(text)
    assert similarity(normalised(text), normalised(text)) == 1.0


@pytest.mark.timeout(20)
@pytest.mark.parametrize("text", ['"""' * 6000, "(" * 100_000, "\\" * 19_000, "f'" * 9_000, "x = " * 4_000])
def test_hostile_texts_cost_no_time(text: str) -> None:
    program_key(text)


def test_what_is_too_long_is_compared_by_lines() -> None:
    long = "pick('a')\n" * MAX_CHARS
    assert tokens(long)[0] == "pick('a')"


@given(st.integers(0, 99), st.integers(0, 99))
def test_renaming_equals_only_what_python_takes_for_equal_but_names(one: int, other: int) -> None:
    first, second = f"a = {one}\nmove(a)", f"b = {other}\nmove(b)"
    assert (program_key(first) == program_key(second)) == (
        ast.dump(ast.parse(first)) == ast.dump(ast.parse(second.replace("b", "a")))
    )


def test_similarity_is_higher_for_a_smaller_change() -> None:
    near = similarity(normalised(SAME), normalised(SAME.replace('"red"', '"rose"')))
    far = similarity(normalised(SAME), normalised("pick('a')"))
    assert 0.9 < near < 1.0
    assert far < 0.5


def test_how_a_program_finds_its_objects() -> None:
    state = state_of("close_jar", 3)
    x, y, _ = state.partition("position (")[2].partition(")")[0].split(", ")
    names = ("jar0",)
    assert refers(f"move_gripper(({x}, {y}, 0.8))", state, names) == "pasted"
    assert refers(f"move_gripper(({x[:-1]}, 0.1, 0.8))", state, names) != "pasted"
    assert refers(f"# at {x}, {y}\npick('jar0')", state, names) == "name"
    assert refers('pick(get_objects(kind="jar")[0].name)', state, names) == "property"
    assert refers("open_gripper()", state, names) == "other"
    other = state_of("close_jar", 4)
    assert refers(f"move_gripper(({x}, {y}, 0.8))", other, names) == "other"
