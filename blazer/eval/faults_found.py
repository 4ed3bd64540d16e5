"""What the store of a disturbed run holds, against what its plan and a quiet run say it must.

Every number is computed from the rows and bodies themselves; a run's own report has no say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from blazer.core.errors import StoreError, UsageError
from blazer.core.outcomes import OUTCOME_TABLE
from blazer.core.records import Decision, Trace
from blazer.eval.summary import summarise
from blazer.store.records import TraceFilter, TraceRow
from blazer.store.store import Store

RUN_ID = "faults"
"""Name of the runs that are made to be disturbed: not by the code, which may change under a long one."""


def completed(where: str | Path, run_id: str = RUN_ID) -> int:
    """How many episodes are complete in a store that somebody else writes; 0 where there is none yet."""
    try:
        with Store.open(where, create=False) as store:
            return len(store.completed_episodes(run_id))
    except (UsageError, StoreError):
        return 0  # being made at this moment


class Found(NamedTuple):
    """What a store holds of a plan; see `FaultReport`."""

    traces_expected: int
    traces_found: int
    traces_lost: int
    traces_doubled: int
    integrity_problems: int
    infra_errors: int
    infra_counted: int


def examine(where: str | Path, expected: frozenset[tuple[str, int, int]], run_id: str = RUN_ID) -> Found:
    """Compare a store with the plan: nothing lost, nothing twice, nothing counted that decides nothing.

    Raises:
        StoreError: if it cannot be read.
    """
    with Store.open(where, create=False) as store:
        problems = store.check().problems
        rows = store.rows(TraceFilter(run_id=run_id))
    finals = {(row.task, row.seed, row.sample) for row in rows if row.is_final and row.decided}
    tries = Counter((row.episode_id, row.attempt) for row in rows if row.decided)
    endings = Counter((row.task, row.seed, row.sample) for row in rows if row.is_final and row.decided)
    doubled = sum(n - 1 for n in tries.values()) + sum(n - 1 for n in endings.values())
    infra = [row for row in rows if not OUTCOME_TABLE[row.outcome].decided]
    return Found(
        traces_expected=len(expected),
        traces_found=len(finals & expected),
        traces_lost=len(expected - finals),
        traces_doubled=doubled + len(finals - expected),
        integrity_problems=len(problems),
        infra_errors=len(infra),
        infra_counted=_counted(rows, infra, len(finals)),
    )


def _counted(rows: Sequence[TraceRow], infra: Sequence[TraceRow], finals: int) -> int:
    """How many of those that decide nothing some rate counts, or a pair could take for a negative."""
    taken = sum(
        row.decided or row.strict is not Decision.NONE or OUTCOME_TABLE[row.outcome].negative for row in infra
    )
    return taken + abs(summarise(rows).overall.episodes - finals)


def differences(one: str | Path, other: str | Path, run_id: str = RUN_ID) -> int:
    """How many attempts two stores do not agree on: outcome, verdict, skill calls, world at the end.

    Raises:
        StoreError: if one cannot be read.
    """
    first, second = _attempts(one, run_id), _attempts(other, run_id)
    return sum(first.get(key) != second.get(key) for key in first.keys() | second.keys())


def _attempts(where: str | Path, run_id: str) -> dict[tuple[str, int, int, int], tuple[object, ...]]:
    with Store.open(where, create=False) as store:
        kept = store.traces(TraceFilter(run_id=run_id, latest_only=True))
        return {(t.task, t.seed, t.sample, t.attempt): essence(t) for t in kept}


def essence(trace: Trace) -> tuple[object, ...]:
    """What two executions of one attempt must agree on: all but what depends on the clock."""
    calls = tuple((call.skill, str(call.arguments), str(call.result)) for call in trace.execution.skill_calls)
    done = trace.execution
    return (
        trace.program_digest,
        trace.outcome,
        trace.is_final,
        trace.verdict,
        done.initial_digest,
        done.final_digest,
        calls,
    )
