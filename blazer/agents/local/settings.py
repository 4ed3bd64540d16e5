"""How a model is served in this process, and how it is asked."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import Field

from blazer.agents.chat import ChatRequest
from blazer.core.records import Record


class LocalSettings(Record):
    """Of models called `hf:...`; without effect on others."""

    max_batch: int = Field(default=32, ge=1)
    """Requests that are answered together."""
    max_wait_s: float = Field(default=0.1, ge=0.0, le=60.0, allow_inf_nan=False)
    """How long an idle model waits for a batch to fill."""
    device: str = Field(default="auto", pattern=r"^(auto|cpu|cuda(:\d+)?)$")
    """`auto` is the accelerator where there is one."""
    threads: int | None = Field(default=None, ge=1)
    """Of the model on a CPU. None is half the cores: sandbox workers need the others, and torch's
    threads wait for one another in loops, so that one too many slows a batch down by far."""
    dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    """`auto` is what the weights have on an accelerator, and float32 on a CPU."""


class Manner(NamedTuple):
    """How tokens are chosen; one for a whole batch.

    Attributes:
        temperature: 0 for the likeliest token, always.
        top_p: None for all tokens.
    """

    temperature: float = 0.0
    top_p: float | None = None


GREEDY = Manner()


class Question(NamedTuple):
    """A request and how it is to be answered.

    Attributes:
        request: Messages, role and sample.
        manner: How tokens are chosen.
        max_tokens: Of the answer; None for all that the context holds.
        seed: Of the role.
    """

    request: ChatRequest
    manner: Manner = GREEDY
    max_tokens: int | None = None
    seed: int = 0
