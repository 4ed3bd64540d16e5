"""From a path or URL to a SQLAlchemy engine set up for several writers.

SQLite: WAL so that readers never wait, a long busy time-out, full synchronisation so that a stored
trace survives a power cut, and our own BEGIN: writers take the lock at once (IMMEDIATE), because a
read lock that grows into a write lock fails under concurrency instead of waiting.
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from blazer.core.errors import UsageError

BUSY_TIMEOUT_S = 60.0
_POSTGRES = ("postgresql", "postgres", "postgresql+psycopg")
_FORMS = (
    "a file path, sqlite:///path/to/file.sqlite, or postgresql+psycopg://user:password@host:5432/database"
)


class Address(NamedTuple):
    """Where a store is.

    Attributes:
        url: For SQLAlchemy.
        path: The file, for SQLite.
        shown: For people: no password.
    """

    url: URL
    path: Path | None
    shown: str


def parse_address(where: str | Path) -> Address:
    """Read a path or URL.

    Raises:
        UsageError: if the scheme is unknown or the URL is malformed.
    """
    text = str(where)
    if "://" not in text:
        path = Path(text).expanduser()
        if not text.strip() or path.is_dir():
            raise UsageError(f"store {text!r} is not a file; give {_FORMS}")
        return Address(URL.create("sqlite", database=str(path)), path, str(path))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise UsageError(f"store URL {text!r} cannot be read; give {_FORMS}") from None
    if url.drivername == "sqlite":
        if not url.database or url.database == ":memory:":
            raise UsageError(f"store URL {text!r} names no file; give {_FORMS}")
        return parse_address(url.database)
    if url.drivername in _POSTGRES:
        return Address(
            url.set(drivername="postgresql+psycopg"), None, url.render_as_string(hide_password=True)
        )
    raise UsageError(f"unknown store URL scheme {url.drivername!r}; give {_FORMS}")


def make_engine(address: Address) -> Engine:
    """An engine for `address`; nothing is opened yet.

    Raises:
        UsageError: if the driver is not installed.
    """
    if address.path is None:
        try:
            # A server that was restarted has forgotten the connections that wait here: asked first.
            return create_engine(address.url, connect_args={"connect_timeout": 10}, pool_pre_ping=True)
        except ModuleNotFoundError:
            raise UsageError(
                "PostgreSQL needs the psycopg driver: pip install 'blazer-agents[postgres]'"
            ) from None
    if is_read_only(address.path):
        uri = read_only_uri(address.path)
        engine = create_engine(
            address.url,
            creator=lambda: sqlite3.connect(uri, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False),
        )
        event.listen(engine, "connect", _leave_begin_to_us)
    else:
        settings = {"timeout": BUSY_TIMEOUT_S, "check_same_thread": False}
        engine = create_engine(address.url, connect_args=settings)
        event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_read_only(path: Path) -> bool:
    """Whether the store at `path` exists and this process may not write it, or files beside it."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def read_only_uri(path: Path) -> str:
    """For opening a store that cannot be written.

    SQLite needs a shared-memory file beside a WAL store even to read it. Where nobody can make one,
    nobody else writes either: with no log to apply, the file is read as one that never changes.
    """
    log = path.with_name(path.name + "-wal")
    whole = not log.exists() or log.stat().st_size == 0
    return path.absolute().as_uri() + ("?immutable=1" if whole else "?mode=ro")


def _leave_begin_to_us(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is off; `_begin_sqlite` sends ours
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=FULL")
    _switch_to_wal(cursor)
    cursor.close()


def _switch_to_wal(cursor: sqlite3.Cursor) -> None:
    # The switch needs the file alone and does not honour the busy time-out; processes that open a
    # new store at the same moment take turns here. A file system without shared memory stays as it is.
    deadline_s = time.monotonic() + BUSY_TIMEOUT_S
    while cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_READONLY:
                return
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline_s:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("blazer_writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
