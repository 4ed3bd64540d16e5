"""Programs are found or refused; nothing is guessed."""

from __future__ import annotations

import pytest

from blazer.agents.extract import extract_program


@pytest.mark.parametrize(
    ("reply", "program"),
    [
        ("```python\na = 1\n```", "a = 1\n"),
        ("words\n```py\na = 1\n```\nmore words", "a = 1\n"),
        ("```Python\na = 1\n```", "a = 1\n"),
        ("```\na = 1\n```", "a = 1\n"),
        ("~~~python\na = 1\n~~~", "a = 1\n"),
        ("A sketch:\n```python\nb\n```\nNow really:\n```python\na = 1\n```", "a = 1\n"),
        ("```text\nnotes\n```\n```python\na = 1\n```", "a = 1\n"),
        ("1. First:\n   ```python\n   if x:\n       a = 1\n   ```", "if x:\n    a = 1\n"),
        ('````python\ns = """\n```\n"""\n````', 's = """\n```\n"""\n'),
        ("```python title=x\na = 1\n```", "a = 1\n"),
        ("```python\r\na = 1\r\n```", "a = 1\n"),
    ],
)
def test_the_program_is_found(reply: str, program: str) -> None:
    found = extract_program(reply)
    assert (found.program, found.problem) == (program, "")


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "empty reply"),
        ("  \n", "empty reply"),
        ("pick('a')", "no program"),
        ("Use `pick('a')`.", "no program"),
        ("```javascript\nx\n```", "no program"),
        ("```\na\n```\n```\nb\n```", "2 fenced blocks"),
        ("```python\n\n```", "empty"),
        ("```python\na = 1", "closing fence is missing"),
        ("```python\ngood = 1\n```\n```python\nbad = ", "closing fence is missing"),
    ],
)
def test_no_program_is_said_with_the_reason(reply: str, why: str) -> None:
    found = extract_program(reply)
    assert found.program is None
    assert why in found.problem
    assert "python" in found.problem


def test_a_reply_cut_off_at_the_limit_says_so() -> None:
    assert "cut off at the token limit" in extract_program("```python\na = ", cut_off=True).problem
    assert extract_program("```python\na = 1\n```\nand th", cut_off=True).program == "a = 1\n"
