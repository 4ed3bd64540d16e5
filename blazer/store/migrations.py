"""From any older version of the store, or of a trace in it, to today's: one step a version.

Not a schema generator: each step is written by hand, once, and never edited after a release;
`tests/store/golden` holds a file of every version. All steps of one opening run in one
transaction, after a copy of an SQLite file was put beside it. Traces are upgraded as they are
read, never rewritten: the stored bytes and their digest stay what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select, update

from blazer.core.records import TRACE_SCHEMA_VERSION
from blazer.store.errors import StoreCorrupt, StoreVersionError
from blazer.store.schema import STORE_VERSION, meta

Step = Callable[[Connection], None]
TraceStep = Callable[[dict[str, Any]], dict[str, Any]]

STEPS: Mapping[int, Step] = {}
"""Version -> what brings a store of that version to the next. Version 1 is the first."""

TRACE_STEPS: Mapping[int, TraceStep] = {}
"""Trace schema version -> what brings a trace's JSON to the next."""


def stored_version(connection: Connection, place: str) -> int:
    """The version written in the store.

    Raises:
        StoreCorrupt: if it holds none.
    """
    value = connection.execute(select(meta.c.value).where(meta.c.key == "store_version")).scalar()
    if value is None or not str(value).isdigit():
        raise StoreCorrupt(f"{place} has no valid store_version; it is not a Blazer store or was edited")
    return int(value)


def require_known(version: int, place: str, newest: int = STORE_VERSION) -> None:
    """Refuse a store of the future, and one of no version that ever was.

    Raises:
        StoreVersionError: if `version` is newer than `newest`.
        StoreCorrupt: if it is older than the first.
    """
    if version < 1:
        raise StoreCorrupt(
            f"the store {place} says it has version {version}, which no Blazer made; "
            "restore a copy or give another --store"
        )
    if version > newest:
        raise StoreVersionError(
            f"the store {place} has version {version}, this Blazer knows up to {newest}; "
            "upgrade Blazer or give another --store"
        )


def migrate(
    connection: Connection, place: str, *, steps: Mapping[int, Step] = STEPS, newest: int = STORE_VERSION
) -> int:
    """Bring the store to version `newest` within the connection's transaction.

    Returns:
        The number of steps taken.

    Raises:
        StoreVersionError: if the store is newer than `newest`.
        StoreCorrupt: if it holds no version.
    """
    version = first = stored_version(connection, place)
    require_known(version, place, newest)
    while version < newest:
        steps[version](connection)
        version += 1
        connection.execute(update(meta).where(meta.c.key == "store_version").values(value=str(version)))
    return version - first


def upgrade_trace(
    document: dict[str, Any],
    *,
    steps: Mapping[int, TraceStep] = TRACE_STEPS,
    newest: int = TRACE_SCHEMA_VERSION,
) -> dict[str, Any]:
    """The JSON of a trace in the form of version `newest`.

    Raises:
        StoreVersionError: if the trace is newer than `newest`.
    """
    version = int(document.get("schema_version", 1))
    if version > newest:
        raise StoreVersionError(
            f"trace {document.get('trace_id')!r} has schema version {version}, this Blazer knows up to "
            f"{newest}; upgrade Blazer"
        )
    while version < newest:
        document = steps[version](document)
        version += 1
        document["schema_version"] = version
    return document
