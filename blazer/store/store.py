"""`Store`: traces go in once, come out as they were, and are never changed.

Not a queue of episodes to do: what is left to do is a run's plan minus `completed_episodes`. The
decision to question is which attempts are stored and which were there already: see `writing.py`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, Engine, delete, distinct, func, insert, select, text, update

from blazer.core.digest import canonical_json
from blazer.core.errors import UsageError
from blazer.core.outcomes import Outcome
from blazer.core.records import Trace
from blazer.store.engine import Address, make_engine, parse_address
from blazer.store.errors import translated
from blazer.store.opening import prepare
from blazer.store.queries import ROW_COLUMNS, decode, narrowed, problem_of, row_record
from blazer.store.records import IntegrityReport, OutcomeCount, RunInfo, TraceFilter, TraceRow
from blazer.store.schema import pack, runs, traces
from blazer.store.writing import insert_trace, lock

_BATCH = 32
_EVERYTHING = TraceFilter()
RUN_STATUSES = ("begun", "finished", "stopped")


class Store:
    """An open store. Safe to use from several threads and several processes at once.

    Open one with `Store.open`; close it, or use it as a context manager.
    """

    def __init__(self, engine: Engine, address: Address) -> None:
        self._engine = engine
        self._writer = engine.execution_options(blazer_writing=True)
        self._address = address

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True) -> Self:
        """Open the store at a file path or URL, make it if it is not there, migrate it if it is old.

        Raises:
            UsageError: unknown URL scheme, driver missing, unreachable, or absent with `create` False.
            StoreVersionError: made by a newer Blazer.
            StoreCorrupt: damaged, or not a store.
            StoreFull: no room to make or migrate it.
            StoreError: locked by another process, or cannot be opened.
        """
        address = parse_address(where)
        engine = make_engine(address)
        try:
            prepare(engine, address, create=create)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, address)

    def close(self) -> None:
        """Let go of all connections. Safe to call twice."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def place(self) -> str:
        """Where it is, for people: a path, or a URL without its password."""
        return self._address.shown

    @property
    def path(self) -> Path | None:
        """The file, for SQLite."""
        return self._address.path

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with translated(self.place), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translated(self.place), self._writer.connect() as connection, connection.begin():
            yield connection

    # -- runs -----------------------------------------------------------------------------------
    def begin_run(self, run_id: str, config: Mapping[str, Any]) -> RunInfo:
        """Note that a run begins or goes on; the configuration of its first time is kept.

        Returns:
            The run as stored: compare its `config` before going on.
        """
        with self._writing() as connection:
            lock(connection, run_id)
            if connection.execute(select(runs.c.run_id).where(runs.c.run_id == run_id)).first() is None:
                created = datetime.now(UTC).isoformat(timespec="seconds")
                row = {"created_at": created, "config": canonical_json(dict(config)), "status": "begun"}
                connection.execute(insert(runs).values(run_id=run_id, **row))
            else:
                connection.execute(update(runs).where(runs.c.run_id == run_id).values(status="begun"))
        return self.run(run_id)

    def end_run(self, run_id: str, status: str) -> None:
        """Note how a run ended: `finished` or `stopped`.

        Raises:
            ValueError: for another status.
        """
        if status not in RUN_STATUSES:
            raise ValueError(f"run status {status!r} is none of {', '.join(RUN_STATUSES)}")
        with self._writing() as connection:
            connection.execute(update(runs).where(runs.c.run_id == run_id).values(status=status))

    def drop_empty_run(self, run_id: str) -> bool:
        """Forget a run that holds no trace, as if it had never begun; whether it was forgotten."""
        with self._writing() as connection:
            lock(connection, run_id)
            held = select(traces.c.row_id).where(traces.c.run_id == run_id).limit(1)
            if connection.execute(held).first() is not None:
                return False
            return connection.execute(delete(runs).where(runs.c.run_id == run_id)).rowcount == 1

    def run(self, run_id: str) -> RunInfo:
        """One run.

        Raises:
            UsageError: if there is none of that name.
        """
        for info in self.runs():
            if info.run_id == run_id:
                return info
        known = ", ".join(info.run_id for info in self.runs()) or "none yet"
        raise UsageError(f"no run {run_id!r} in {self.place}; there are: {known}")

    def runs(self) -> tuple[RunInfo, ...]:
        """All runs, oldest first."""
        stored = select(traces.c.run_id, func.count().label("n")).group_by(traces.c.run_id)
        complete = (
            select(traces.c.run_id, func.count(distinct(traces.c.episode_id)).label("n"))
            .where(traces.c.is_final.is_(True), traces.c.decided.is_(True))
            .group_by(traces.c.run_id)
        )
        with self._reading() as connection:
            rows = connection.execute(select(runs).order_by(runs.c.created_at, runs.c.run_id)).all()
            n_traces = {row.run_id: int(row.n) for row in connection.execute(stored)}
            n_episodes = {row.run_id: int(row.n) for row in connection.execute(complete)}
        return tuple(
            RunInfo(
                run_id=row.run_id,
                created_at=row.created_at,
                config=json.loads(row.config),
                status=row.status,
                traces=n_traces.get(row.run_id, 0),
                episodes=n_episodes.get(row.run_id, 0),
            )
            for row in rows
        )

    # -- writing --------------------------------------------------------------------------------
    def add_trace(self, trace: Trace) -> bool:
        """Store one attempt; see `add_traces`."""
        return self.add_traces([trace]) == 1

    def add_traces(self, new: Iterable[Trace]) -> int:
        """Store attempts in order, all or none.

        Returns:
            How many were new; the others were there already, or belong to a complete episode.

        Raises:
            StoreFull, StoreError: nothing of this call was stored.
        """
        packed = [(trace, *pack(trace)) for trace in new]
        with self._writing() as connection:
            return sum(insert_trace(connection, trace, sha256, body) for trace, sha256, body in packed)

    # -- reading --------------------------------------------------------------------------------
    def has_trace(self, trace_id: str) -> bool:
        """Whether an attempt of this id is stored, decided or not."""
        query = select(traces.c.row_id).where(traces.c.trace_id == trace_id).limit(1)
        with self._reading() as connection:
            return connection.execute(query).first() is not None

    def completed_episodes(self, run_id: str) -> frozenset[str]:
        """Episodes of a run that need no more work: a decided final attempt is stored."""
        query = select(traces.c.episode_id).where(
            traces.c.run_id == run_id, traces.c.is_final.is_(True), traces.c.decided.is_(True)
        )
        with self._reading() as connection:
            return frozenset(connection.execute(query).scalars())

    def tasks(self) -> tuple[str, ...]:
        """Names of the tasks that it holds traces of, sorted."""
        with self._reading() as connection:
            return tuple(sorted(connection.execute(select(traces.c.task).distinct()).scalars()))

    def count(self, wanted: TraceFilter = _EVERYTHING) -> int:
        """How many attempts match."""
        inner = narrowed(select(traces.c.row_id), wanted).subquery()
        with self._reading() as connection:
            return int(connection.execute(select(func.count()).select_from(inner)).scalar_one())

    def rows(self, wanted: TraceFilter = _EVERYTHING) -> tuple[TraceRow, ...]:
        """Listing rows, in the order they were stored: cheap, no trace is unpacked."""
        with self._reading() as connection:
            found = connection.execute(narrowed(select(*ROW_COLUMNS), wanted)).all()
        return tuple(row_record(row) for row in found)

    def traces(self, wanted: TraceFilter = _EVERYTHING) -> Iterator[Trace]:
        """Whole traces, in the order they were stored, a few in memory at a time.

        Raises:
            StoreCorrupt: at a damaged one.
        """
        with self._reading() as connection:
            ids = list(connection.execute(narrowed(select(traces.c.row_id), wanted)).scalars())
        for start in range(0, len(ids), _BATCH):
            batch = ids[start : start + _BATCH]
            query = select(traces.c.row_id, traces.c.body, traces.c.sha256, traces.c.trace_id)
            with self._reading() as connection:
                found = connection.execute(query.where(traces.c.row_id.in_(batch))).all()
            place = {row_id: index for index, row_id in enumerate(batch)}
            for row in sorted(found, key=lambda row: place[row.row_id]):
                yield decode(row.body, row.sha256, row.trace_id)

    def get(self, trace_id: str) -> Trace:
        """The trace of that id, or of the only id that begins so; its latest try.

        Raises:
            UsageError: if there is none, or several.
            StoreCorrupt: if it is damaged.
        """
        ids = select(traces.c.trace_id).where(traces.c.trace_id.startswith(trace_id, autoescape=True))
        with self._reading() as connection:
            found = sorted(connection.execute(ids.distinct().order_by(traces.c.trace_id).limit(6)).scalars())
            if trace_id in found:
                found = [trace_id]
            if len(found) != 1 or not trace_id:
                raise UsageError(_not_one(trace_id, found, self.place))
            query = select(traces).where(traces.c.trace_id == found[0]).order_by(traces.c.try_index.desc())
            row = connection.execute(query.limit(1)).one()
        return decode(row.body, row.sha256, row.trace_id)

    def summary(self, run_id: str | None = None) -> tuple[OutcomeCount, ...]:
        """Complete episodes by task and outcome, of one run or of all."""
        query = select(traces.c.task, traces.c.outcome, func.count().label("n"))
        query = query.where(traces.c.is_final.is_(True), traces.c.decided.is_(True))
        if run_id is not None:
            query = query.where(traces.c.run_id == run_id)
        query = query.group_by(traces.c.task, traces.c.outcome).order_by(traces.c.task, traces.c.outcome)
        with self._reading() as connection:
            found = connection.execute(query).all()
        return tuple(OutcomeCount(task=row.task, outcome=Outcome(row.outcome), n=row.n) for row in found)

    # -- checking -------------------------------------------------------------------------------
    def check(self) -> IntegrityReport:
        """Look at every page and every row: file structure, digests, columns against bodies.

        Raises:
            StoreCorrupt: if the damage keeps the rows from being read at all.
        """
        problems: list[str] = []
        with self._reading() as connection:
            if connection.dialect.name == "sqlite":
                found = connection.execute(text("PRAGMA integrity_check")).scalars().all()
                problems += [f"{self.place}: {line}" for line in found if line != "ok"]
            ids = list(connection.execute(select(traces.c.row_id).order_by(traces.c.row_id)).scalars())
            for row_id in ids:
                row = connection.execute(select(traces).where(traces.c.row_id == row_id)).one()
                problem = problem_of(row)
                if problem is not None:
                    problems.append(problem)
        return IntegrityReport(rows=len(ids), problems=tuple(problems))


def _not_one(wanted: str, found: list[str], place: str) -> str:
    if not found or not wanted:
        return f"no trace {wanted!r} in {place}; `blazer traces list` shows the ids"
    return f"{wanted!r} could be {', '.join(found[:5])}; give more of the id"
