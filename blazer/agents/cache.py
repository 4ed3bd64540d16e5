"""Answers of models kept on disk, requests that wait for one, and what a run has spent.

One SQLite file beside the run's checkpoints. Not the trace store: it may be deleted at the price
of asking again. Calls are synchronous on purpose: each takes some tens of microseconds, less than
a hop to a thread. Several processes may use one file.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from blazer.agents.chat import ChatReply
from blazer.core.records import Record, Usage
from blazer.store.errors import kind_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, model TEXT NOT NULL, reply TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS pending (
    key TEXT NOT NULL, run_id TEXT NOT NULL, role TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (key, run_id));
CREATE TABLE IF NOT EXISTS spending (
    run_id TEXT PRIMARY KEY, calls INTEGER NOT NULL, prompt_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL, cost_usd REAL NOT NULL,
    unpriced_calls INTEGER NOT NULL DEFAULT 0);
"""


class PendingRequest(Record):
    """A request that waits for an answer from a batch."""

    key: str
    run_id: str
    role: str
    body: str
    """The body of the HTTP request it stands for, as JSON."""


class ResponseCache:
    """Answers by request key.

    Args:
        path: The SQLite file; made when absent. None keeps everything in memory.

    Raises:
        StoreError: if the file cannot be used; says what to do.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._where = str(path) if path else ":memory:"
        if path:
            path.parent.mkdir(parents=True, exist_ok=True)
        with self._translated():
            self._connection = sqlite3.connect(self._where, timeout=30.0, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._connection.executescript(_SCHEMA)
            columns = {row[1] for row in self._connection.execute("PRAGMA table_info(spending)")}
            if "unpriced_calls" not in columns:  # a file of before it was counted
                self._connection.execute(
                    "ALTER TABLE spending ADD COLUMN unpriced_calls INTEGER NOT NULL DEFAULT 0"
                )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file. Safe to call twice."""
        self._connection.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise kind_of(error)(
                f"model answers in {self._where}: {error}; "
                "free the disk or move the file away (answers in it will be asked for again)"
            ) from error

    def get(self, key: str) -> ChatReply | None:
        """The kept answer, or None."""
        with self._translated():
            row = self._connection.execute("SELECT reply FROM answers WHERE key = ?", (key,)).fetchone()
        return None if row is None else ChatReply.model_validate_json(row[0])

    def put(self, key: str, model: str, reply: ChatReply) -> bool:
        """Keep an answer; the first one stays. Returns whether it was new."""
        with self._translated():
            cursor = self._connection.execute(
                "INSERT OR IGNORE INTO answers VALUES (?, ?, ?)", (key, model, reply.model_dump_json())
            )
            self._connection.execute("DELETE FROM pending WHERE key = ?", (key,))
        return cursor.rowcount == 1

    def await_answer(self, request: PendingRequest) -> None:
        """Write down a request that waits."""
        with self._translated():
            self._connection.execute(
                "INSERT OR REPLACE INTO pending VALUES (?, ?, ?, ?)",
                (request.key, request.run_id, request.role, request.body),
            )

    def pending(self, run_id: str | None = None) -> tuple[PendingRequest, ...]:
        """Requests that wait, of one run or of all, in the order they were made."""
        with self._translated():
            rows = self._connection.execute(
                "SELECT key, run_id, role, body FROM pending WHERE ?1 IS NULL OR run_id = ?1 ORDER BY rowid",
                (run_id,),
            ).fetchall()
        return tuple(PendingRequest(key=k, run_id=r, role=o, body=b) for k, r, o, b in rows)

    def spent(self, run_id: str) -> Usage:
        """What the run has spent so far, over all its processes."""
        with self._translated():
            row = self._connection.execute(
                "SELECT calls, prompt_tokens, completion_tokens, cost_usd, unpriced_calls "
                "FROM spending WHERE run_id = ?",
                (run_id,),
            ).fetchone()
        if row is None:
            return Usage()
        return Usage(
            calls=row[0],
            prompt_tokens=row[1],
            completion_tokens=row[2],
            cost_usd=row[3],
            unpriced_calls=row[4],
        )

    def spend(self, run_id: str, usage: Usage) -> None:
        """Add to what the run has spent."""
        with self._translated():
            self._connection.execute(
                "INSERT INTO spending "
                "(run_id, calls, prompt_tokens, completion_tokens, cost_usd, unpriced_calls) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(run_id) DO UPDATE SET "
                "calls = calls + excluded.calls, prompt_tokens = prompt_tokens + excluded.prompt_tokens, "
                "completion_tokens = completion_tokens + excluded.completion_tokens, "
                "cost_usd = cost_usd + excluded.cost_usd, "
                "unpriced_calls = unpriced_calls + excluded.unpriced_calls",
                (
                    run_id,
                    usage.calls,
                    usage.prompt_tokens,
                    usage.completion_tokens,
                    usage.cost_usd,
                    usage.unpriced_calls,
                ),
            )
