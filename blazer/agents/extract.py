"""The program in a reply, or the reason why there is none. Never a guess.

A reply counts when it has a fenced block marked as Python, or exactly one fenced block without a
mark. Where there are several Python blocks the last complete one is the answer, since models
sketch first; a block that is never closed is refused, because its end is not known.
"""

from __future__ import annotations

import re
import textwrap
from typing import NamedTuple

PYTHON_MARKS = frozenset({"python", "py", "python3"})

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})[ \t]*([\w+-]*)[^\n`]*$", re.MULTILINE)


class Extracted(NamedTuple):
    """A program, or why there is none.

    Attributes:
        program: The code; None if there is none.
        problem: What was wrong with the reply and what would be right; "" if there is a program.
    """

    program: str | None
    problem: str


class _Block(NamedTuple):
    mark: str
    text: str
    closed: bool


def _blocks(reply: str) -> list[_Block]:
    blocks: list[_Block] = []
    start: re.Match[str] | None = None
    for fence in _FENCE.finditer(reply):
        if start is None:
            start = fence
        elif fence[1][0] == start[1][0] and len(fence[1]) >= len(start[1]) and not fence[2]:
            blocks.append(_Block(start[2].lower(), reply[start.end() : fence.start()], True))
            start = None
    if start is not None:
        blocks.append(_Block(start[2].lower(), reply[start.end() :], False))
    return blocks


def extract_program(reply: str, *, cut_off: bool = False) -> Extracted:
    """Find the program in a model's reply.

    Args:
        reply: The whole reply.
        cut_off: The model stopped at its token limit.
    """
    blocks = _blocks(reply.replace("\r\n", "\n"))
    python = [block for block in blocks if block.mark in PYTHON_MARKS]
    if not python and len(blocks) == 1 and not blocks[0].mark:
        python = blocks
    if not python:
        what = (
            "an empty reply" if not reply.strip() else f"{len(blocks)} fenced blocks, none marked as python"
        )
        return Extracted(None, f"the reply holds no program ({what}); reply with one ```python block")
    block = python[-1]
    if not block.closed:
        why = "the reply was cut off at the token limit" if cut_off else "its closing fence is missing"
        return Extracted(None, f"the program is incomplete: {why}; reply with one short ```python block")
    program = textwrap.dedent(block.text).strip("\n")
    if not program.strip():
        return Extracted(None, "the ```python block is empty; put the whole program in it")
    return Extracted(program + "\n", "")
