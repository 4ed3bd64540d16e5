"""What the store hands out beside whole traces: listing rows, runs, counts, the integrity report."""

from __future__ import annotations

from typing import Any

from blazer.core.outcomes import Outcome
from blazer.core.records import Decision, Record


class TraceRow(Record):
    """One stored attempt without its body: what listings and statistics need."""

    trace_id: str
    try_index: int
    """0, or how many undecided tries of the same attempt were stored before this one."""
    run_id: str
    episode_id: str
    attempt: int
    is_final: bool
    decided: bool
    task: str
    seed: int
    sample: int
    outcome: Outcome
    paper: Decision
    strict: Decision
    created_at: str
    coder: str
    """Model that wrote the program."""
    program_digest: str
    tier: str
    backend: str
    wall_s: float
    """Of the execution."""
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float
    verify_passed: int
    verify_total: int
    sha256: str
    """Of the trace's JSON."""


class TraceFilter(Record):
    """Which traces to look at; empty fields do not restrict."""

    run_id: str | None = None
    tasks: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    seeds: tuple[int, ...] = ()
    coder: str | None = None
    final_only: bool = False
    latest_only: bool = False
    """Leave out tries that a later one replaces."""
    limit: int | None = None
    newest_first: bool = False


class RunInfo(Record):
    """One collecting run."""

    run_id: str
    created_at: str
    config: dict[str, Any]
    """As resolved when the run began."""
    status: str
    """`begun` (running, or killed), `finished` or `stopped`."""
    traces: int = 0
    episodes: int = 0
    """Episodes that are complete: a decided final attempt is stored."""


class OutcomeCount(Record):
    """How many complete episodes of a task ended so."""

    task: str
    outcome: Outcome
    n: int


class IntegrityReport(Record):
    """What `Store.check` found."""

    rows: int
    problems: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems
