"""The rows of a data set, closed and frozen: what trainers take, and where it comes from.

`prompt`, `completion`, `chosen` and `rejected` are chat messages as TRL's trainers take them. The
other columns say what a row is made of; trainers ignore them, or, for RL prompts, hand them to the
reward.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Literal

from blazer.core.outcomes import Outcome, Stratum
from blazer.core.records import Message, Record
from blazer.training.settings import Kind, Refers

Chat = tuple[Message, ...]
Split = Literal["train", "validation", "held_out"]
SPLITS: tuple[Split, ...] = ("train", "validation", "held_out")


class Row(Record, ABC):
    """What every row has."""

    id: str
    """Unique in its file; ends in `#n` where balancing repeats a row."""
    prompt: Chat
    task: str
    seed: int
    instance: str
    """Digest of the instance; `instances.jsonl` has it whole."""

    @property
    @abstractmethod
    def trace_ids(self) -> tuple[str, ...]:
        """The traces that it comes from."""

    @property
    @abstractmethod
    def kind_of_lesson(self) -> str:
        """What counts tell apart, beside the task."""

    @abstractmethod
    def answers(self) -> tuple[str, ...]:
        """The texts that a model would be trained on."""


class SftRow(Row):
    """A question and a verified answer."""

    completion: Chat
    form: Literal["answer", "dialogue"]
    """`dialogue`: the prompt goes on to a failed program and its report."""
    repaired: bool
    """The program was written after a failure report."""
    pass_rate: float | None
    """Share of further layouts passed; None where there were none."""
    layouts: int
    """How many further layouts."""
    refers: Refers
    model: str
    trace_id: str

    @property
    def trace_ids(self) -> tuple[str, ...]:
        return (self.trace_id,)

    @property
    def kind_of_lesson(self) -> str:
        return self.form

    def answers(self) -> tuple[str, ...]:
        return (self.completion[0].content,)


FRAGILE = "fragile"
"""The name of a rejected success, since "success" would say the contrary."""


def lesson_of(stratum: Stratum | None, outcome: Outcome) -> str:
    """How a rejected side failed."""
    return FRAGILE if stratum is Stratum.ROBUSTNESS else outcome.value


class PairRow(Row):
    """A question with a better and a worse answer."""

    chosen: Chat
    rejected: Chat
    stratum: Stratum
    rejected_outcome: Outcome
    similarity: float | None
    """Of the two programs; None where the rejected reply holds none."""
    chosen_pass_rate: float | None
    rejected_pass_rate: float | None
    chosen_model: str
    rejected_model: str
    chosen_trace_id: str
    rejected_trace_id: str

    @property
    def trace_ids(self) -> tuple[str, ...]:
        return (self.chosen_trace_id, self.rejected_trace_id)

    @property
    def kind_of_lesson(self) -> str:
        return lesson_of(self.stratum, self.rejected_outcome)

    def answers(self) -> tuple[str, ...]:
        return (self.chosen[0].content, self.rejected[0].content)


class KtoRow(Row):
    """A question, an answer, and whether it is a good one."""

    completion: Chat
    label: bool
    outcome: Outcome
    pass_rate: float | None
    model: str
    trace_id: str

    @property
    def trace_ids(self) -> tuple[str, ...]:
        return (self.trace_id,)

    @property
    def kind_of_lesson(self) -> str:
        return self.outcome.value

    def answers(self) -> tuple[str, ...]:
        return (self.completion[0].content,)


class RlRow(Row):
    """A question for a verifier's reward; `task` and `seed` lay its table."""

    attempts: int
    """Decided answers to this instance that the store holds."""
    successes: int
    trace_id: str

    @property
    def trace_ids(self) -> tuple[str, ...]:
        return (self.trace_id,)

    @property
    def kind_of_lesson(self) -> str:
        return "prompt"

    def answers(self) -> tuple[str, ...]:
        return ()


ROW_TYPES: dict[Kind, type[Row]] = {"sft": SftRow, "dpo": PairRow, "kto": KtoRow, "rl": RlRow}


class LeftOut(Record):
    """Something that could have been in the data set and is not."""

    kind: Kind | Literal["all"]
    reason: str
    detail: str = ""
    split: Split | Literal[""] = ""
    task: str = ""
    seed: int = 0
    trace_ids: tuple[str, ...] = ()


REASONS: dict[str, str] = {
    "undecided": "an infrastructure error or a cancelled attempt: says nothing of the program",
    "no_prompt": "the trace holds no request to a coder, or not one of the style full",
    "contradictory": "the same program on the same instance was judged both ways",
    "not_verified": "a pass rate was asked for, and the program ran on no further layout",
    "pass_rate": "fails on too many further layouts",
    "refers": "finds its objects in a way that was not asked for",
    "no_single_block": "the verbatim reply does not hold exactly one program",
    "duplicate": "the same solution is there already",
    "per_instance": "enough rows of this instance",
    "per_kind": "enough pairs of this instance that failed in this way",
    "no_partner": "no verified program answers the same prompt",
    "no_pair": "a success beside which no failure stands, or other successes are nearer or more robust",
    "length_ratio": "length alone would tell chosen from rejected",
    "similarity": "no verified program of the same prompt is near enough",
    "too_long": "longer than asked for",
    "balance": "enough rows of this task",
}
"""Every reason there is, for people."""
