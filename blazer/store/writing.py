"""Storing one attempt: what is new, what was there already, what is a further try.

The decision to question is the identity rule: an attempt is stored once, except after one that
decided nothing (infrastructure error, cancelled) or that a killed run left unfinished, whose
repetition is stored as a further try. A complete episode takes no more attempts, so two processes
that work on the same run cannot count anything twice.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, insert, select, text

from blazer.core.errors import StoreError
from blazer.core.records import Trace
from blazer.store.schema import columns_of, traces

_IDENTITY = ("program_digest", "outcome", "is_final", "strict", "paper")
"""Two executions of one attempt never agree on wall time; they are the same if they agree on these."""


def lock(connection: Connection, key: str) -> None:
    """One writer at a time for `key`; SQLite's writers are one at a time already."""
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8], "big", signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": number})


def insert_trace(connection: Connection, trace: Trace, sha256: str, body: bytes) -> bool:
    """Store `trace` unless it is there or its episode is complete; whether it was stored.

    Args:
        connection: In a transaction that will write.
        trace: The attempt.
        sha256: Of its JSON.
        body: That JSON, compressed.

    Raises:
        StoreError: if its id belongs to another episode.
    """
    lock(connection, f"{trace.run_id}\x1f{trace.episode_id}")
    complete = select(traces.c.row_id).where(
        traces.c.run_id == trace.run_id,
        traces.c.episode_id == trace.episode_id,
        traces.c.is_final.is_(True),
        traces.c.decided.is_(True),
    )
    latest = select(traces).where(traces.c.trace_id == trace.trace_id).order_by(traces.c.try_index.desc())
    before = connection.execute(latest.limit(1)).first()
    if before is not None and (before.run_id, before.episode_id) != (trace.run_id, trace.episode_id):
        raise StoreError(
            f"trace id {trace.trace_id} belongs to episode {before.episode_id} of run {before.run_id}; "
            f"it cannot be used for episode {trace.episode_id} of run {trace.run_id}"
        )
    if connection.execute(complete.limit(1)).first() is not None:
        return False
    columns = columns_of(trace)
    if before is not None:
        same = all(getattr(before, name) == columns[name] for name in _IDENTITY)
        if before.sha256 == sha256 or (before.decided and same):
            return False
    try_index = 0 if before is None else before.try_index + 1
    connection.execute(insert(traces).values(**columns, try_index=try_index, sha256=sha256, body=body))
    return True
