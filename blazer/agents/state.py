"""The state of one episode as the graph carries it and checkpoints keep it.

Everything here is small and plain JSON, because every step is written to disk. The one exception,
the execution with its trajectory, is never checkpointed: should the process die between running a
program and recording it, the program is run again, which gives the same evidence.
"""

from __future__ import annotations

from typing import Annotated, Any, Protocol

from langgraph.channels import UntrackedValue

# Not `typing`'s: pydantic makes the schemas that LangGraph's server shows, and wants this one before 3.12.
from typing_extensions import TypedDict

from blazer.core.digest import digest
from blazer.core.records import Execution, SeedResult, Verdict


class EpisodeResult(Protocol):
    """What a sandbox hands back for one program."""

    @property
    def execution(self) -> Execution:
        """Evidence."""

    @property
    def verdict(self) -> Verdict:
        """Judgement."""

    @property
    def verify_seeds(self) -> tuple[SeedResult, ...]:
        """The further seeds that were asked for."""


class EpisodeInput(TypedDict):
    """What starts an episode. A proposer would produce `task`."""

    episode_id: str
    task: str
    seed: int
    sample: int


class EpisodeState(TypedDict, total=False):
    """One episode on its way."""

    episode_id: str
    task: str
    seed: int
    sample: int

    instruction: str
    state_text: str
    """As the models read it."""

    style: str
    """Of the coder's prompts; models that are asked without a plan get none."""
    plan: str
    attempt: int
    """0 for the first program; repairs count up. Bounded by the context's `repairs`."""
    calls: list[dict[str, Any]]
    """The model calls of this attempt, as `ModelCall` in JSON."""
    reply: str
    """The coder's last reply, whole."""
    program: str
    """"" when the reply held none."""
    format_problem: str
    policy: dict[str, Any] | None
    """The `PolicyReport` in JSON."""
    result: Annotated[EpisodeResult | None, UntrackedValue]
    outcome: str
    """Of the last attempt that was recorded; "" before."""
    report: str
    """What the repair request says of the last attempt."""
    diagnosis: str


def trace_id(episode_id: str, attempt: int) -> str:
    """The identity of an attempt: the same however often it is run."""
    return digest({"episode": episode_id, "attempt": attempt})
