"""Exports hold exactly the stored traces, and appear whole or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from blazer.core.errors import StoreError, UsageError
from blazer.core.outcomes import Outcome
from blazer.core.records import Trace
from blazer.store.export import export
from blazer.store.records import TraceFilter
from blazer.store.store import Store
from tests.store.builders import make_trace


def test_lines_are_the_traces_and_the_manifest_vouches(store: Store, tmp_path: Path) -> None:
    made = [make_trace(seed=seed) for seed in range(5)]
    store.add_trace(make_trace(seed=2, outcome=Outcome.INFRA_ERROR))
    store.add_traces(made)
    target = tmp_path / "out" / "traces.jsonl"
    manifest = export(store, "jsonl", target)
    lines = target.read_text().splitlines()
    assert sorted((Trace.model_validate_json(line) for line in lines), key=lambda t: t.seed) == made
    beside = json.loads((tmp_path / "out" / "traces.jsonl.manifest.json").read_text())
    assert beside["traces"] == manifest.traces == 5
    assert beside["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert sorted(p.name for p in target.parent.iterdir()) == ["traces.jsonl", "traces.jsonl.manifest.json"]


def test_a_filter_narrows_it(store: Store, tmp_path: Path) -> None:
    store.add_traces([make_trace(seed=0), make_trace("stack_blocks", 1)])
    export(store, "jsonl", tmp_path / "x.jsonl", TraceFilter(tasks=("stack_blocks",)))
    (line,) = (tmp_path / "x.jsonl").read_text().splitlines()
    assert json.loads(line)["task"] == "stack_blocks"


def test_a_failure_keeps_the_old_file_and_leaves_no_part(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "traces.jsonl"
    target.write_text("older export\n")
    store.add_trace(make_trace())

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("blazer.store.export.os.fsync", full)
    with pytest.raises(StoreError, match="no room left"):
        export(store, "jsonl", target)
    assert [p.name for p in tmp_path.iterdir() if "sqlite" not in p.name] == ["traces.jsonl"]
    assert target.read_text() == "older export\n"


def test_bad_requests(store: Store, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="known: jsonl"):
        export(store, "parquet", tmp_path / "x")
    with pytest.raises(UsageError, match="is a directory"):
        export(store, "jsonl", tmp_path)
