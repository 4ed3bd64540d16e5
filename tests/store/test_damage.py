"""What is wrong with a store is said in one line, and nothing is lost over it."""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from blazer.core.errors import StoreError, UsageError
from blazer.store.engine import parse_address
from blazer.store.errors import StoreCorrupt, StoreFull, StoreVersionError
from blazer.store.store import Store
from tests.store.builders import make_trace


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with three traces, closed."""
    file = tmp_path / "traces.sqlite"
    with Store.open(file) as store:
        store.add_traces([make_trace(seed=seed) for seed in range(3)])
    return file


def _execute(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement, values).rowcount != 0


def test_a_whole_store_is_found_whole(path: Path) -> None:
    with Store.open(path) as store:
        assert store.check().ok and store.check().rows == 3


def test_a_newer_store_is_refused_and_left_alone(path: Path) -> None:
    _execute(path, "UPDATE meta SET value = '99'")
    before = path.read_bytes()
    with pytest.raises(StoreVersionError, match="version 99, this Blazer knows up to 1; upgrade"):
        Store.open(path)
    assert path.read_bytes() == before


def test_a_newer_trace_is_refused(path: Path) -> None:
    newer = make_trace(seed=9, schema_version=7)
    with Store.open(path) as store:
        store.add_trace(newer)
        with pytest.raises(StoreVersionError, match="schema version 7"):
            store.get(newer.trace_id)


def test_a_file_of_something_else_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("dear diary, " * 500)
    with pytest.raises(StoreCorrupt, match="not an SQLite file"):
        Store.open(text)
    assert text.read_text() == "dear diary, " * 500

    other = tmp_path / "other.sqlite"
    _make_other(other)
    with pytest.raises(StoreCorrupt, match="not a Blazer store"):
        Store.open(other)


def _make_other(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE books (title TEXT)")


def test_a_store_without_a_version_is_refused(path: Path) -> None:
    _execute(path, "DELETE FROM meta")
    with pytest.raises(StoreCorrupt, match="store_version"):
        Store.open(path)


@pytest.mark.parametrize("version", ["0", "-1", "one"])
def test_a_version_that_never_was_is_refused(path: Path, version: str) -> None:
    _execute(path, "UPDATE meta SET value = ?", version)
    with pytest.raises(StoreCorrupt, match="version") as caught:
        Store.open(path)
    assert "\n" not in str(caught.value)


def test_overwritten_pages_are_noticed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    path.write_bytes(bytes(content))
    with pytest.raises(StoreCorrupt, match="damaged"), Store.open(path) as store:
        store.check()


def test_a_cut_off_file_is_noticed(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(StoreCorrupt, match="damaged"), Store.open(path) as store:
        list(store.traces())


def test_a_changed_body_is_noticed(path: Path) -> None:
    victim = make_trace(seed=1)
    forged = victim.model_copy(update={"program": "evil()"}).model_dump_json().encode()
    _execute(path, "UPDATE traces SET body = ? WHERE trace_id = ?", zlib.compress(forged), victim.trace_id)
    with Store.open(path) as store:
        with pytest.raises(StoreCorrupt, match=victim.trace_id):
            store.get(victim.trace_id)
        report = store.check()
    assert [victim.trace_id in problem for problem in report.problems] == [True]


def test_a_changed_column_is_noticed(path: Path) -> None:
    _execute(path, "UPDATE traces SET outcome = 'timeout' WHERE seed = 2")
    with Store.open(path) as store:
        (problem,) = store.check().problems
    assert "column outcome" in problem


def test_a_full_disk_is_said_and_loses_nothing(path: Path) -> None:
    with Store.open(path) as store:
        event.listen(store._engine, "checkout", _no_growth)
        with pytest.raises(StoreFull, match="no room left"):
            store.add_traces(
                [make_trace(seed=seed, program="x" * 9000 + str(seed)) for seed in range(50, 90)]
            )
        assert store.count() == 3, "all or none"
        event.remove(store._engine, "checkout", _no_growth)
        assert store.check().ok
    with Store.open(path) as store:
        _with_growth(store)
        assert store.add_trace(make_trace(seed=50)), "with room again it goes on"


def _no_growth(connection: sqlite3.Connection, *_: object) -> None:
    connection.execute("PRAGMA max_page_count = 1")  # SQLite raises it to the present size


def _with_growth(store: Store) -> None:
    with store._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")


def test_a_store_that_cannot_be_begun_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_room(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr("blazer.store.opening.metadata.create_all", no_room)
    with pytest.raises(StoreError):
        Store.open(tmp_path / "new.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_absence_is_said_and_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="blazer collect"):
        Store.open(tmp_path / "deep" / "none.sqlite", create=False)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("where", "hint"),
    [
        ("mysql://u:p@host/db", "unknown store URL scheme 'mysql'"),
        ("sqlite://", "names no file"),
        ("http://[bad", "cannot be read|unknown store URL scheme"),
        ("", "is not a file"),
        ("/", "is not a file"),
        ("/dev/null/store.sqlite", "cannot make the directory"),
        ("postgresql://nobody@127.0.0.1:9/none", "cannot reach the store"),
    ],
)
def test_addresses_that_lead_nowhere(where: str, hint: str) -> None:
    with pytest.raises(UsageError, match=hint) as caught:
        Store.open(where)
    assert "\n" not in str(caught.value)


def test_a_password_is_never_shown() -> None:
    address = parse_address("postgresql://me:s3cret@127.0.0.1:9/none")
    assert "s3cret" not in address.shown
    with pytest.raises(UsageError) as caught:
        Store.open("postgresql://me:s3cret@127.0.0.1:9/none")
    assert "s3cret" not in str(caught.value)
