"""A store that may not be written is read all the same, and says what it is to who writes."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from blazer.core.errors import UsageError
from blazer.store.engine import is_read_only, read_only_uri
from blazer.store.errors import StoreReadOnly
from blazer.store.export import export
from blazer.store.store import Store
from tests.store.builders import make_trace


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A store in a folder that nobody may write; for root, whom modes do not bind, as far as we ask."""
    folder = tmp_path / "data"
    with Store.open(folder / "traces.sqlite") as store:
        store.begin_run("run-a", {})
        store.add_traces([make_trace(seed=seed) for seed in range(3)])
    (folder / "traces.sqlite").chmod(0o444)
    folder.chmod(0o555)
    if os.geteuid() == 0:
        monkeypatch.setattr("blazer.store.engine.os.access", lambda where, mode: mode != os.W_OK)
    yield folder / "traces.sqlite"
    folder.chmod(0o755)


def test_all_that_only_reads_works_and_leaves_nothing_behind(path: Path, tmp_path: Path) -> None:
    before = sorted(path.parent.iterdir())
    with Store.open(path, create=False) as store:
        assert (store.count(), len(store.runs()), store.check().ok) == (3, 1, True)
        assert [trace.seed for trace in store.traces()] == [0, 1, 2]
        assert export(store, "jsonl", tmp_path / "out.jsonl").traces == 3
    assert sorted(path.parent.iterdir()) == before


def test_writing_says_read_only(path: Path) -> None:
    with Store.open(path) as store:
        for write in (lambda: store.add_trace(make_trace(seed=9)), lambda: store.begin_run("run-b", {})):
            with pytest.raises(StoreReadOnly, match=r"is read-only; .*another --store"):
                write()
        assert store.count() == 3


def test_no_store_can_be_made_where_nobody_may_write(path: Path) -> None:
    with pytest.raises(UsageError, match=r"directory .* is read-only.*another --store"):
        Store.open(path.with_name("new.sqlite"))


def test_what_a_killed_writer_left_in_the_log_is_read(tmp_path: Path) -> None:
    """A copy of a store in use: the latest traces are in its log alone."""
    with Store.open(tmp_path / "live.sqlite") as store:
        store.add_trace(make_trace(seed=0))
        for suffix in ("", "-wal"):
            shutil.copy(f"{tmp_path}/live.sqlite{suffix}", f"{tmp_path}/copy.sqlite{suffix}")
    uri = read_only_uri(tmp_path / "copy.sqlite")
    assert uri.endswith("?mode=ro")
    with closing(sqlite3.connect(uri, uri=True)) as connection:
        assert connection.execute("SELECT count(*) FROM traces").fetchone() == (1,)


def test_a_store_that_may_be_written_or_is_not_there_is_not_read_only(tmp_path: Path) -> None:
    assert not is_read_only(tmp_path / "none.sqlite")
    (tmp_path / "some.sqlite").touch()
    assert not is_read_only(tmp_path / "some.sqlite")
