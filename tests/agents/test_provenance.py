"""Which code made a trace, and when two are the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from blazer.agents import provenance as module
from blazer.agents.provenance import code_digest, code_text, digest_of_files, provenance, same_code
from blazer.agents.run import CollectConfig


def _digest(folder: Path) -> str:
    digest_of_files.cache_clear()
    return digest_of_files(folder)


def test_the_digest_covers_names_and_contents_and_nothing_compiled(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1")
    first = _digest(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_text("compiled")
    (tmp_path / ".hidden").write_text("editor")
    assert _digest(tmp_path) == first
    (tmp_path / "a.py").write_text("x = 2")
    changed = _digest(tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, changed, _digest(tmp_path)}) == 3


def test_code_is_compared_by_digest_where_both_have_one() -> None:
    now = provenance("mujoco", "4.0.0")
    assert now.code_digest == code_digest() and same_code(now, now)
    assert same_code(now, now.model_copy(update={"git_commit": "another", "platform": "elsewhere"}))
    for field in ("code_digest", "blazer_version", "python_version", "backend_version"):
        assert not same_code(now, now.model_copy(update={field: "other"})), field
    old = now.model_copy(update={"code_digest": ""})
    assert same_code(old, now) and not same_code(old.model_copy(update={"git_commit": "x"}), now)
    assert now.code_digest[:8] in code_text(now) and "mujoco 4.0.0" in code_text(now)


def test_other_code_begins_another_run_unless_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    config, named = CollectConfig(tasks=("a",)), CollectConfig(tasks=("a",), run_id="mine")
    before = config.resolved_run_id()
    monkeypatch.setattr("blazer.agents.run.code_digest", lambda: "0" * 16)
    assert config.resolved_run_id() != before
    assert named.resolved_run_id() == "mine"
    assert module.code_digest() != "0" * 16
