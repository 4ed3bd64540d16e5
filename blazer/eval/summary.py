"""What a run achieved: success per task with intervals, failures by kind, cost.

Counts episodes, not attempts: an episode is judged by its final attempt, and its first attempt is
kept apart so that the gain of repairs shows. Undecided episodes (infrastructure errors, cancelled)
are left out of every rate and counted beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from blazer.core.outcomes import Outcome
from blazer.core.records import Decision, Record
from blazer.eval.intervals import wilson
from blazer.store.records import TraceRow


class Rate(Record):
    """A success rate of decided episodes with its Wilson 95 % interval."""

    successes: int
    n: int
    rate: float
    low: float
    high: float


class TaskSummary(Record):
    """One task, or all of them together."""

    task: str
    episodes: int
    """Decided ones; the denominator of every rate."""
    undecided: int
    """Left out: infrastructure errors and cancelled ones."""
    paper: Rate | None
    """Of final attempts; None where nothing is decided."""
    strict: Rate | None
    strict_first: Rate | None
    """Of first attempts, before any repair."""
    failures: dict[Outcome, int]
    """Final attempts that are not a success, by outcome, most frequent first."""


class RunSummary(Record):
    """All of it."""

    tasks: tuple[TaskSummary, ...]
    overall: TaskSummary
    attempts: int
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None
    """None where some model's price is not known."""


def rate_of(decisions: Iterable[bool]) -> Rate | None:
    """The rate of True with its interval; None of nothing."""
    values = list(decisions)
    if not values:
        return None
    interval = wilson(sum(values), len(values))
    return Rate(successes=sum(values), n=interval.n, rate=interval.rate, low=interval.low, high=interval.high)


def summarise(rows: Iterable[TraceRow], tasks: Sequence[str] = (), *, priced: bool = True) -> RunSummary:
    """Summarise attempts, in any order.

    Args:
        rows: Of `Store.rows`, earlier tries included.
        tasks: In which order to show them; those not named follow by name.
        priced: Whether the price of every model is known.
    """
    everything = list(rows)
    episodes: dict[tuple[str, str], list[TraceRow]] = {}
    for row in everything:
        episodes.setdefault((row.run_id, row.episode_id), []).append(row)
    by_task: dict[str, list[list[TraceRow]]] = {}
    for attempts in episodes.values():
        by_task.setdefault(attempts[0].task, []).append(attempts)
    order = [task for task in tasks if task in by_task]
    order += sorted(set(by_task) - set(order))
    return RunSummary(
        tasks=tuple(_summarise_task(task, by_task[task]) for task in order),
        overall=_summarise_task("all", list(episodes.values())),
        attempts=len(everything),
        prompt_tokens=sum(row.prompt_tokens for row in everything),
        completion_tokens=sum(row.completion_tokens for row in everything),
        cost_usd=sum(row.cost_usd for row in everything) if priced else None,
    )


def _summarise_task(task: str, episodes: list[list[TraceRow]]) -> TaskSummary:
    finals: list[TraceRow] = []
    firsts: list[TraceRow] = []
    undecided = 0
    for attempts in episodes:
        final = next((row for row in attempts if row.is_final and row.decided), None)
        if final is None:
            undecided += any(row.is_final for row in attempts)  # otherwise merely unfinished
            continue
        finals.append(final)
        # The latest decided try of attempt 0: an earlier one was left by a run that was killed.
        tries = [row for row in attempts if row.attempt == 0 and row.decided]
        firsts.append(max(tries, key=lambda row: row.try_index, default=final))
    failures = Counter(row.outcome for row in finals if row.outcome is not Outcome.SUCCESS)
    return TaskSummary(
        task=task,
        episodes=len(finals),
        undecided=undecided,
        paper=rate_of(row.paper is Decision.PASS for row in finals),
        strict=rate_of(row.strict is Decision.PASS for row in finals),
        strict_first=rate_of(row.strict is Decision.PASS for row in firsts),
        failures=dict(failures.most_common()),
    )
