"""Old stores open as new ones: every version has a golden file, every step is taken once, whole."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, select

from blazer.core.outcomes import Outcome
from blazer.store import migrations
from blazer.store.errors import StoreCorrupt, StoreVersionError
from blazer.store.migrations import STEPS, TRACE_STEPS, migrate, upgrade_trace
from blazer.store.opening import back_up
from blazer.store.schema import STORE_VERSION, meta
from blazer.store.store import Store
from tests.store.builders import make_trace

GOLDEN = Path(__file__).parent / "golden"


def _load(version: int, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((GOLDEN / f"v{version}.sql").read_text())


def test_every_version_has_a_golden_file_and_a_step() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sql")} == {f"v{n}" for n in range(1, STORE_VERSION + 1)}
    assert set(STEPS) == set(range(1, STORE_VERSION))


@pytest.mark.parametrize("version", range(1, STORE_VERSION + 1))
def test_golden_stores_open_and_hold_their_traces(version: int, tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    _load(version, path)
    with Store.open(path, create=False) as store:
        assert store.check().ok
        assert [info.run_id for info in store.runs()] == ["run-a"]
        rows = store.rows()
        assert [(row.seed, row.outcome) for row in rows] == [(0, Outcome.SUCCESS), (1, Outcome.TIMEOUT)]
        assert [trace.instruction for trace in store.traces()] == ["close the red jar"] * 2


def test_a_step_runs_once_and_raises_the_version(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    _load(1, path)
    engine = create_engine(f"sqlite:///{path}")

    def add_column(connection: Connection) -> None:
        connection.exec_driver_sql("ALTER TABLE runs ADD COLUMN note TEXT")

    with engine.begin() as connection:
        assert migrate(connection, "old", steps={1: add_column}, newest=2) == 1
    with engine.begin() as connection:
        assert migrate(connection, "old", steps={1: add_column}, newest=2) == 0
        assert connection.execute(select(meta.c.value)).scalar() == "2"
    engine.dispose()
    with pytest.raises(StoreVersionError):
        Store.open(path)


def test_a_step_that_fails_changes_nothing_and_a_copy_lies_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "old.sqlite"
    with Store.open(path) as store:
        store.add_trace(make_trace())

    def break_half_way(connection: Connection) -> None:
        connection.exec_driver_sql("DROP TABLE runs")
        raise RuntimeError("power cut")

    monkeypatch.setattr("blazer.store.opening.STORE_VERSION", 2)
    monkeypatch.setattr(
        "blazer.store.opening.migrate",
        lambda connection, place: migrations.migrate(connection, place, steps={1: break_half_way}, newest=2),
    )
    monkeypatch.setattr("blazer.store.opening.require_known", lambda *_: None)
    with pytest.raises(RuntimeError, match="power cut"):
        Store.open(path)
    monkeypatch.undo()
    with Store.open(path) as store:
        assert store.runs() == () and store.count() == 1
    with Store.open(tmp_path / "old.sqlite.v1.bak") as copy:
        assert copy.count() == 1


def test_a_backup_replaces_an_older_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    with Store.open(path) as store:
        back_up(path, 1)
        store.add_trace(make_trace())
        target = back_up(path, 1)
    with Store.open(target) as copy:
        assert copy.count() == 1
    assert not list(tmp_path.glob("*.partial"))


def test_a_nonsense_version_is_corruption(tmp_path: Path) -> None:
    path = tmp_path / "old.sqlite"
    _load(1, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = 'one'")
    with pytest.raises(StoreCorrupt):
        Store.open(path)


def test_traces_are_upgraded_step_by_step() -> None:
    def rename(document: dict[str, Any]) -> dict[str, Any]:
        return {"program": document.pop("code"), **document}

    old = {"schema_version": 1, "code": "x"}
    newer = upgrade_trace(old, steps={1: rename, 2: lambda document: {**document, "extra": 1}}, newest=3)
    assert newer == {"schema_version": 3, "program": "x", "extra": 1}
    with pytest.raises(StoreVersionError):
        upgrade_trace({"schema_version": 9})
    assert set(TRACE_STEPS) == set(), "a step needs a golden trace of its version"
