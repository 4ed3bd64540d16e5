"""`scripted`: the chat model that is built in, so that everything runs without a key.

Not a language model, and never to be reported as one. It reads only the messages that a language
model would get, understands instructions by their words and the scene by the state text, and
knows no task by name. Its plans and programs vary in style; it slips as language models do
(`mistakes`), and sometimes repeats itself when it is asked to repair. Everything is drawn from the
digest of the messages and the sample index: equal requests have equal replies. Token counts are
estimates, one for every four characters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from blazer.agents.chat import ChatReply, ChatRequest
from blazer.agents.extract import extract_program
from blazer.agents.scripted.mistakes import Mistake, draw_slips
from blazer.agents.scripted.phrasing import draw_style
from blazer.agents.scripted.planning import confuse, follow_plan, write_plan
from blazer.agents.scripted.programs import write_program
from blazer.agents.scripted.reading import Request, read_request
from blazer.agents.scripted.understanding import Task, understand
from blazer.core.digest import digest
from blazer.core.records import Message
from blazer.core.rng import stream

SCRIPTED = "scripted"
RETHINK = 0.75
"""Share of repairs that look at the instruction again instead of following the plan."""
STUBBORN = 0.4
"""Share of repairs that hand back the program as it was, where it did run."""
CHARS_PER_TOKEN = 4


class ScriptedModel:
    """Answers the agents' requests by rule."""

    name = SCRIPTED

    async def reply(self, request: ChatRequest) -> ChatReply:
        """The same reply for the same messages and sample, always."""
        text = answer(request.messages, request.sample)
        read = sum(len(message.content) for message in request.messages)
        return ChatReply(
            text=text,
            prompt_tokens=-(-read // CHARS_PER_TOKEN),
            completion_tokens=-(-len(text) // CHARS_PER_TOKEN),
        )


def answer(messages: Sequence[Message], sample: int = 0) -> str:
    """The reply's text."""
    request = read_request(messages)
    rng = stream(0, "scripted", digest([message.model_dump() for message in messages]), sample)
    task = understand(request.instruction, request.items)
    if request.ask == "diagnosis":
        return diagnosis(request.report)
    if task is None:
        return "I see no object that the task could be about, so I cannot say what to do."
    if request.ask == "plan":
        return write_plan(confuse(task, rng))
    return _program_reply(request, task, rng)


def _program_reply(request: Request, task: Task, rng: np.random.Generator) -> str:
    repair = request.ask == "repair"
    opening = diagnosis(request.report) if repair else "Here is the program."
    if repair and rng.random() < STUBBORN and not any(word in request.report for word in _PLAIN_FAULTS):
        last = extract_program(request.last_program).program
        if last is not None:
            return f"{opening}\n\n```python\n{last}```"
    if not (repair and rng.random() < RETHINK):
        task = follow_plan(task, request.plan, request.items)
    slips = draw_slips(rng, task, request.report if repair else "")
    if Mistake.NO_CODE in slips:
        return "The gripper should take the object from above and bring it to its place, as planned."
    source = write_program(task, request.items, request.table_z, draw_style(rng), slips, rng)
    return f"{opening}\n\n```python\n{source}```"


_PLAIN_FAULTS = ("format_fault", "policy_rejected", "program_error", "skill_misuse")
"""Outcomes that nobody answers with the same program again."""

_CAUSES: tuple[tuple[str, str], ...] = (
    ("format_fault", "The reply held no program in a python block."),
    ("policy_rejected", "The program used something that is not allowed."),
    ("program_error", "The program did not compile, or stopped with an error of its own."),
    ("skill_misuse", "A skill was called with arguments it does not take, or in the wrong order."),
    ("grasp_missed", "The fingers did not close on the object: the yaw or the height was wrong."),
    ("collision", "The gripper went where something stands; it must come from above."),
    ("unreachable", "A pose was out of reach."),
    ("released", "The object was not let go."),
    ("goal_not_met", "The object did not end where it belongs: the place or the object was wrong."),
)


def diagnosis(report: str) -> str:
    """One sentence on what a failure report says."""
    return next((text for words, text in _CAUSES if words in report), "Something else went wrong.")
