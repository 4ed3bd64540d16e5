"""What collecting tells of itself: events on the way, a report at the end."""

from __future__ import annotations

from enum import StrEnum

from blazer.core.outcomes import Outcome
from blazer.core.records import Record, Usage


class EventKind(StrEnum):
    """What a progress event tells of."""

    BEGIN = "begin"
    """The run begins: `total` episodes, `done` of them before."""
    EPISODE = "episode"
    """An episode ended with `outcome`."""
    PENDING = "pending"
    """An episode waits for an answer from a batch."""
    RETRY = "retry"
    """An episode is tried again; `note` says why."""
    END = "end"
    """The run stopped; `note` says why if it is not finished."""


class CollectEvent(Record):
    """Progress, for whoever shows it."""

    kind: EventKind
    run_id: str
    total: int
    done: int
    task: str = ""
    seed: int = 0
    sample: int = 0
    outcome: Outcome | None = None
    attempts: int = 0
    wall_s: float = 0.0
    """Since the run began."""
    usage: Usage = Usage()
    """Of the run so far, earlier processes included."""
    note: str = ""


class CollectReport(Record):
    """What a call of `collect` came to."""

    run_id: str
    total: int
    done_before: int
    """Complete when this call began."""
    done_now: int
    pending: int
    """Waiting for answers from a batch."""
    cancelled: int
    """Not done, because the run was stopped."""
    infra_errors: int
    outcomes: dict[str, dict[str, int]]
    """Task -> outcome -> count, of this call."""
    usage: Usage
    wall_s: float
    stopped: str = ""
    """Why the run is not finished; "" if it is, or only waits for answers."""
