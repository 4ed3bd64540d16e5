"""The whole study end to end, two tasks, a handful of steps: real episodes and trainings, bad figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Blazer, blazer

pytest.importorskip("torch", reason="the extra `train` learns")
pytest.importorskip("trl", reason="the extra `train` learns")
__all__ = ["blazer"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3600)]


def test_the_smoke_study_runs_whole_and_is_done_then(
    blazer: Blazer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    typed = ("study", "--preset", "smoke", "--work", tmp_path / "work", "--tier", "process")
    answer = blazer(*typed, "--out", tmp_path / "docs", "--json")
    assert answer.code == 0, answer.err
    results = answer.json["results"]
    assert results["complete"] is True
    rows = {row["name"]: row for row in results["models"]}
    assert set(rows) == {"teacher", "teacher+repair", "base", "sft", "dpo"}
    assert all(row["n"] == 2 * 2 for row in rows.values())
    assert rows["teacher"]["success_strict"] > 0, "the teacher is the real one"
    assert "none of" in rows["dpo"]["seeds_check"]
    assert {found["part"] for found in results["ablations"]} == {"share", "size", "negatives", "rounds"}
    for step in results["manifest"]["steps"]:
        assert step["wall_s"] > 0
    page = (tmp_path / "docs" / "results.md").read_text()
    assert "Everything that the study plans was run." in page
    written = json.loads((tmp_path / "docs" / "results.json").read_text())
    assert [row["name"] for row in written["models"]] == list(rows)

    again = blazer(*typed, "--dry-run")
    assert "25 of 25 steps are done" in again.out
