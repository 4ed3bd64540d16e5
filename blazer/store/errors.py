"""What can go wrong with a store, and how a driver's exception becomes one of these.

Not a retry policy. A driver's exception never leaves the package: people get one line that says
what to do, and the driver's own words stay in `__cause__`.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc as sa_exc

from blazer.core.errors import StoreError, UsageError


class StoreVersionError(StoreError):
    """The store was made by a newer Blazer."""


class StoreCorrupt(StoreError):
    """The store is damaged, or not a store at all."""


class StoreReadOnly(StoreError):
    """The store can be read, and not be written."""


class StoreFull(StoreError):
    """No room is left for the store to grow."""


class StoreUnreachable(UsageError):
    """The store's server does not answer; it may come back."""


# Primary result codes of SQLite; extended ones carry these in their low byte.
_FULL, _CORRUPT, _NOTADB, _BUSY, _LOCKED, _IOERR, _READONLY, _CANTOPEN = 13, 11, 26, 5, 6, 10, 8, 14
_PG_FULL = {"53100", "53200"}
_PG_CORRUPT = {"XX001", "XX002"}
_PG_AWAY = {"57P01", "57P02", "57P03", "08000", "08003", "08006", "08001", "08004"}
"""Shutting down, starting up, connection lost."""


def kind_of(error: sqlite3.Error) -> type[StoreError]:
    """Which of the errors above an SQLite file's trouble is, whatever the file is for."""
    kinds = {
        _FULL: StoreFull,
        _IOERR: StoreFull,
        _CORRUPT: StoreCorrupt,
        _NOTADB: StoreCorrupt,
        _READONLY: StoreReadOnly,
    }
    return kinds.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, StoreError)


def _sqlite_error(place: str, error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == _FULL:
        return StoreFull(
            f"no room left for the store {place}; free some disk space and run the same command again: "
            "what was stored before is safe"
        )
    if code == _NOTADB:
        return StoreCorrupt(f"{place} is not a Blazer store (not an SQLite file); give another --store")
    if code == _CORRUPT:
        return StoreCorrupt(
            f"the store {place} is damaged ({error}); restore a copy, or save what is readable with "
            f"`sqlite3 {place} .recover`"
        )
    if code in (_BUSY, _LOCKED):
        return StoreError(f"another process keeps the store {place} locked; wait for it, or end it")
    if code == _READONLY:
        return StoreReadOnly(
            f"the store {place} is read-only; change its permissions, or give another --store to write to"
        )
    if code == _CANTOPEN:
        return StoreError(f"the store {place} cannot be opened; check the directory and its permissions")
    if code == _IOERR:
        return StoreFull(
            f"the disk under the store {place} refused to read or write ({error}): it may be full, at "
            "a quota, or failing; free some of it and run the same command again: what was stored before is "
            "safe"
        )
    return StoreError(f"the store {place} failed: {error}")


def _other_error(place: str, error: BaseException) -> StoreError | UsageError:
    state = getattr(error, "sqlstate", None)
    words = (str(error).strip() or type(error).__name__).splitlines()[0]
    if state in _PG_FULL:
        return StoreFull(f"no room left at the store {place} ({words})")
    if state in _PG_CORRUPT:
        return StoreCorrupt(f"the store {place} is damaged ({words})")
    if state is None or state in _PG_AWAY:
        return StoreUnreachable(
            f"cannot reach the store {place} ({words}); start its server or give a file path"
        )
    return UsageError(f"the store {place} refused ({words}); check user, password and database name")


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn drivers' exceptions inside the block into store errors about `place`.

    Raises:
        StoreFull: no room left.
        StoreCorrupt: damaged, or not a store.
        StoreError: locked, read-only, cannot be opened, or failed otherwise.
        UsageError: the server cannot be reached or refuses.
    """
    try:
        yield
    except sa_exc.DBAPIError as error:
        origin = error.orig
        if isinstance(origin, sqlite3.Error):
            raise _sqlite_error(place, origin) from error
        raise _other_error(place, origin if origin is not None else error) from error
    except sqlite3.Error as error:
        raise _sqlite_error(place, error) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StoreFull(f"no room left for {place}; free some disk space") from error
        raise StoreError(f"{place}: {error.strerror or error}") from error
