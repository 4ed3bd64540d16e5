"""From a stored trace to what a data set needs of it: prompt, answer, program, pass rate.

The prompt is always that of the first request: whatever became of a program later, the question it
answers is the original one. Of `full` prompts the trace holds the very messages; a student's
own are rendered from the trace by the function that asks it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from blazer.agents.extract import extract_program
from blazer.core.digest import digest
from blazer.core.outcomes import OUTCOME_TABLE, Outcome, OutcomeUse
from blazer.core.records import Decision, Message, Trace
from blazer.prompts.messages import coder_messages
from blazer.prompts.students import Style, program_reply, student_messages
from blazer.skills.docs import api_section
from blazer.training.programs import normalised, refers
from blazer.training.settings import Refers


class Question(NamedTuple):
    """One instance of one task: what two programs must share to be compared."""

    task: str
    task_digest: str
    seed: int


@dataclass(frozen=True)
class Attempt:
    """One trace, as far as data sets go."""

    trace_id: str
    run_id: str
    question: Question
    sample: int
    attempt: int
    outcome: Outcome
    model: str
    """Which wrote the program."""
    instance: Mapping[str, Any]
    prompt: tuple[Message, ...]
    dialogue: tuple[Message, ...]
    """All that stood before a repair's answer; () for a first attempt."""
    program: str
    """"" where the reply held none."""
    reply: str
    state_text: str
    passed: int
    """Of the further layouts, how many it passed."""
    verified: int
    """On how many further layouts it was decided."""

    @property
    def use(self) -> OutcomeUse:
        """What its outcome feeds."""
        return OUTCOME_TABLE[self.outcome]

    @property
    def pass_rate(self) -> float | None:
        """Share of further layouts passed; None where it was not verified on any."""
        return self.passed / self.verified if self.verified else None

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """Of the program, without what does not matter."""
        return normalised(self.program)

    @cached_property
    def program_key(self) -> str:
        """Equal for equal solutions; of a reply without a program, for equal words."""
        return digest(list(self.tokens) if self.program else ["no program", *self.reply.split()])

    @cached_property
    def prompt_key(self) -> str:
        """Equal for the same prompt, word for word."""
        return messages_key(self.prompt)

    @cached_property
    def refers(self) -> Refers:
        """How the program finds its objects."""
        names = [item["name"] for item in self.instance["objects"]]
        return refers(self.program, self.state_text, names)

    @cached_property
    def instance_key(self) -> str:
        """Digest of the instance."""
        return digest(dict(self.instance))

    @property
    def is_repair(self) -> bool:
        """Whether a failure report came before it."""
        return self.attempt > 0

    def answer(self, *, bare: bool) -> str:
        """The reply a student is shown.

        Args:
            bare: The program in its block alone; a reply without one is given as it was.
        """
        if self.program and (bare or self.is_repair):
            return program_reply(self.program)
        return self.reply

    def order(self) -> tuple[object, ...]:
        """Sorts attempts the same however they were stored."""
        return (*self.question, self.run_id, self.sample, self.attempt, self.trace_id)


def asked_as_today(attempt: Attempt, plan: str) -> bool:
    """Whether the coder would be sent the attempt's prompt today, templates and API included."""
    instruction = str(attempt.instance.get("instruction", ""))
    today = coder_messages(instruction, attempt.state_text, plan, api_section())
    return attempt.prompt == today.messages


def messages_key(messages: tuple[Message, ...]) -> str:
    """Digest of messages, word for word."""
    return digest([[message.role, message.content] for message in messages])


def attempt_of(trace: Trace, style: Style, *, bare: bool) -> Attempt | None:
    """What a data set needs of a trace; None if no coder was asked in it, or not in the style `full`.

    Args:
        trace: As stored.
        style: Of the prompt.
        bare: Earlier answers in a dialogue are the programs in their blocks alone.
    """
    calls = [call for call in trace.calls if call.role == "coder"]
    if not calls:
        return None
    asked = calls[-1].messages
    roles = [message.role for message in asked]
    if style == "full" and "system" not in roles:
        return None
    first = asked[: roles.index("assistant")] if "assistant" in roles else asked
    asked_briefly = student_messages(style, trace.instruction, trace.state_text).messages
    prompt = first if style == "full" else asked_briefly
    later = tuple(_bare(m) if bare and m.role == "assistant" else m for m in asked[len(first) :])
    decided = [r.verdict.strict for r in trace.verify_seeds if r.verdict.strict is not Decision.NONE]
    return Attempt(
        trace_id=trace.trace_id,
        run_id=trace.run_id,
        question=Question(trace.task, trace.task_digest, trace.seed),
        sample=trace.sample,
        attempt=trace.attempt,
        outcome=trace.outcome,
        model=calls[-1].model,
        instance=trace.instance,
        prompt=prompt,
        dialogue=(*prompt, *later) if later else (),
        program=trace.program,
        reply=calls[-1].reply,
        state_text=trace.state_text,
        passed=sum(decision is Decision.PASS for decision in decided),
        verified=len(decided),
    )


def _bare(message: Message) -> Message:
    program = extract_program(message.content).program
    if program is None:
        return message
    return message.model_copy(update={"content": program_reply(program)})
