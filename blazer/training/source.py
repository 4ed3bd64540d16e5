"""A store's traces as attempts, and a note of which store it was. Nothing is written to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from blazer.core.digest import digest
from blazer.core.errors import UsageError
from blazer.core.records import Trace
from blazer.store.records import TraceFilter, TraceRow
from blazer.store.store import Store
from blazer.training.attempts import Attempt, asked_as_today, attempt_of
from blazer.training.errors import EmptyDataset
from blazer.training.manifest import RunEntry, Source
from blazer.training.rows import LeftOut
from blazer.training.settings import DatasetSettings


def read_attempts(
    store: Store,
    settings: DatasetSettings,
    on_trace: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[list[Attempt], list[LeftOut], Source]:
    """The attempts of the wanted traces as the store has them now, what is none, and where they are from.

    Raises:
        EmptyDataset: no trace matches.
        UsageError: a run or a task that the store does not hold.
        StoreCorrupt, StoreError: the store cannot be read.
    """
    _check_names(store, settings)
    rows = {row.trace_id: row for filter in _filters(settings) for row in store.rows(filter)}
    if not rows:
        raise EmptyDataset(
            f"no trace in {store.place} matches; `blazer runs` shows what it holds, "
            "`blazer collect` makes more"
        )
    attempts: list[Attempt] = []
    left: list[LeftOut] = []
    outdated = 0
    for done, trace in enumerate(_traces(store, settings, rows), start=1):
        attempt = attempt_of(trace, settings.style, bare=settings.bare)
        if attempt is None:
            left.append(_no_prompt(trace))
        else:
            attempts.append(attempt)
            if settings.style == "full":
                outdated += not asked_as_today(attempt, trace.plan.text if trace.plan else "")
        on_trace(done, len(rows))
    left.sort(key=lambda item: item.trace_ids)
    return attempts, left, _source(store, list(rows.values()), outdated)


def _filters(settings: DatasetSettings) -> list[TraceFilter]:
    wanted = TraceFilter(tasks=settings.tasks, latest_only=True)
    if not settings.runs:
        return [wanted]
    return [wanted.model_copy(update={"run_id": run}) for run in dict.fromkeys(settings.runs)]


def _traces(store: Store, settings: DatasetSettings, rows: dict[str, TraceRow]) -> Iterator[Trace]:
    """Those of the listing: what is stored while we read is left for the next build."""
    for filter in _filters(settings):
        for trace in store.traces(filter):
            if trace.trace_id in rows:
                yield trace


def _check_names(store: Store, settings: DatasetSettings) -> None:
    for run in settings.runs:
        store.run(run)
    known = store.tasks()
    for task in settings.tasks:
        if task not in known:
            there = ", ".join(known) or "none yet"
            raise UsageError(f"no trace in {store.place} is of a task {task!r}; there are: {there}")


def _no_prompt(trace: Trace) -> LeftOut:
    names = {"task": trace.task, "seed": trace.seed, "trace_ids": (trace.trace_id,)}
    return LeftOut(kind="all", reason="no_prompt", detail=trace.outcome.value, **names)


def _source(store: Store, rows: list[TraceRow], outdated: int) -> Source:
    by_run: dict[str, list[TraceRow]] = {}
    for row in rows:
        by_run.setdefault(row.run_id, []).append(row)
    runs = tuple(
        RunEntry(run_id=run, traces=len(some), models=tuple(sorted({row.coder for row in some})))
        for run, some in sorted(by_run.items())
    )
    identity = sorted((row.trace_id, row.sha256) for row in rows)
    return Source(
        place=store.place,
        traces=len(rows),
        digest=digest(identity),
        runs=runs,
        outdated_prompts=outdated,
    )
