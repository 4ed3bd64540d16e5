"""Opening a store: make it, recognise it, bring it up to date. Nothing else writes its schema."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Engine, insert, inspect

from blazer.core.errors import UsageError
from blazer.store.engine import Address
from blazer.store.errors import StoreCorrupt, translated
from blazer.store.migrations import migrate, require_known, stored_version
from blazer.store.schema import STORE_VERSION, meta, metadata


def prepare(engine: Engine, address: Address, *, create: bool) -> None:
    """Make sure that `engine` leads to a store of today's version.

    Raises:
        UsageError: if there is none and `create` is False, or its directory cannot be made.
        StoreVersionError, StoreCorrupt, StoreFull, StoreError: as their names say.
    """
    fresh = address.path is not None and not address.path.exists()
    if fresh and not create:
        raise UsageError(f"no store at {address.shown}; `blazer collect` makes one, --store names another")
    if address.path is not None:
        _make_directory(address.path)
        if fresh and not os.access(address.path.parent, os.W_OK):
            raise UsageError(
                f"the directory {address.path.parent} is read-only: no store can be made there; "
                "give another --store"
            )
    try:
        with translated(address.shown):
            _prepare(engine, address, create=create)
    except BaseException:
        if fresh and address.path is not None:
            engine.dispose()
            _remove_if_empty(address.path)
        raise


def _prepare(engine: Engine, address: Address, *, create: bool) -> None:
    with engine.connect() as connection, connection.begin():
        known = _has_meta(connection, address)
        version = stored_version(connection, address.shown) if known else 0
    if version == STORE_VERSION:
        return
    if known:
        require_known(version, address.shown)
        if address.path is not None:
            back_up(address.path, version)
    elif not create:
        raise UsageError(f"no store at {address.shown}; `blazer collect` makes one")
    writer = engine.execution_options(blazer_writing=True)
    with writer.connect() as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(424913)")
        if not _has_meta(connection, address):  # another process may have made it meanwhile
            metadata.create_all(connection)
            connection.execute(insert(meta).values(key="store_version", value=str(STORE_VERSION)))
        else:
            migrate(connection, address.shown)


def _has_meta(connection: Connection, address: Address) -> bool:
    names = set(inspect(connection).get_table_names())
    if "meta" in names:
        return True
    if names and address.path is not None:
        raise StoreCorrupt(f"{address.shown} is an SQLite file, but not a Blazer store; give another --store")
    return False


def back_up(path: Path, version: int) -> Path:
    """Copy an SQLite store to `<name>.v<version>.bak` beside it, whole or not at all."""
    target = path.with_name(f"{path.name}.v{version}.bak")
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(partial)) as copy:
        source.backup(copy)
    partial.replace(target)
    return target


def _make_directory(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"cannot make the directory {path.parent} for the store ({error.strerror}); give another --store"
        ) from None


def _remove_if_empty(path: Path) -> None:
    """Leave nothing half-written: a file this process began and no schema reached goes away."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            empty = not connection.execute("SELECT name FROM sqlite_master LIMIT 1").fetchall()
    except sqlite3.Error:
        return
    if empty:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
