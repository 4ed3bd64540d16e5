"""The prompts that students are trained on and asked with: one function for both, so they never part.

`full` is what the coder of the graph gets. `brief` is for small students that know the skills by
heart: the instruction and the state, nothing else, and the program in its block as the answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

from blazer.core.digest import digest
from blazer.core.errors import UnknownNameError
from blazer.core.records import Message
from blazer.prompts.messages import Prompt, coder_messages, repair_messages
from blazer.prompts.render import render, template_digest

Style = Literal["full", "brief"]
STYLES: tuple[Style, ...] = get_args(Style)
_TEMPLATES = {"brief": "student_brief"}


def student_messages(style: str, instruction: str, state: str, plan: str = "", api: str = "") -> Prompt:
    """Ask a student for a program.

    Args:
        style: One of `STYLES`.
        instruction: The task in words.
        state: The state text, as `state_text` makes it.
        plan: For `full` alone.
        api: The section generated from the skill declaration; for `full` alone.

    Raises:
        UnknownNameError: for another style.
    """
    if style == "full":
        return coder_messages(instruction, state, plan, api)
    if style not in _TEMPLATES:
        raise UnknownNameError("prompt style", style, STYLES)
    text = render(_TEMPLATES[style], instruction=instruction.strip(), state=state).text
    return Prompt((Message(role="user", content=text),), student_digest(style))


def student_repair(
    style: str, first: Sequence[Message], reply: str, report: str, diagnosis: str = ""
) -> Prompt:
    """Show a student what became of its program and ask for another.

    Args:
        style: One of `STYLES`.
        first: The messages it was asked with, from `student_messages`.
        reply: Its reply, whole.
        report: From `failure_report`.
        diagnosis: What a critic said of it, if one was asked.

    Raises:
        UnknownNameError: for another style.
    """
    prompt = repair_messages(first, reply, report, diagnosis)
    if style == "full":
        return prompt
    return Prompt(prompt.messages, student_digest(style, "failure", "repair"))


def student_digest(style: str, *more: str) -> str:
    """Digest of the template of a student's style, and of others.

    Raises:
        UnknownNameError: for `full`, whose templates are the coder's, or an unknown style.
    """
    if style not in _TEMPLATES:
        raise UnknownNameError("student's prompt style", style, _TEMPLATES)
    return digest([template_digest(name) for name in (_TEMPLATES[style], *more)])


def program_reply(program: str) -> str:
    """The shortest reply that holds a program: its block, closed with a fence the program lacks."""
    fence = "```"
    while fence in program:
        fence += "`"
    return f"{fence}python\n{program.strip(chr(10))}\n{fence}"
