"""A base is whole or not there, the same whenever it is trained, and says what it has seen."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from blazer.core.errors import ConfigError
from blazer.core.run_card import RUN_CARD, read_run_card
from blazer.core.seeds import is_evaluation_seed
from blazer.training.errors import CheckpointMismatch, OutOfMemory
from blazer.training.learning import hardware
from blazer.training.learning.checkpoints import checkpoints
from blazer.training.learning.progress import TrainProgress
from blazer.training.students import base as base_module
from blazer.training.students.architecture import SHAPES, make_student
from blazer.training.students.base import train_base
from blazer.training.students.settings import BaseSettings
from tests.training.students.conftest import TASKS

torch: Any = pytest.importorskip("torch", reason="needs the extra `train`")
transformers: Any = pytest.importorskip("transformers", reason="needs the extra `train`")

SMALL: dict[str, Any] = {
    "size": "s",
    "tasks": TASKS,
    "vocabulary": 500,
    "repeat": {"steps": 4, "batch_size": 2},
    "pairs": {"steps": 2, "batch_size": 2},
    "scenes": {"steps": 3, "batch_size": 2},
    "warmup_steps": 2,
    "checkpoint_steps": 2,
    "report_steps": 1,
    "logging": "none",
}


def _settings(**more: Any) -> BaseSettings:
    return BaseSettings.model_validate(SMALL | more)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished one."""
    out = tmp_path_factory.mktemp("base") / "base"
    train_base(_settings(), out)
    return out


class _Stop(BaseException):
    """Nothing that training would handle."""


def test_an_interrupted_training_ends_as_one_that_never_stopped(base: Path, tmp_path: Path) -> None:
    out = tmp_path / "base"

    def stop(now: TrainProgress) -> None:
        if now.step >= 5:
            raise _Stop

    with pytest.raises(_Stop):
        train_base(_settings(), out, stop)
    assert not (out / RUN_CARD).exists()
    assert checkpoints(out)
    seen: list[TrainProgress] = []
    card, whole = train_base(_settings(), out, seen.append), read_run_card(base)
    assert whole is not None
    assert max(now.resumed_at for now in seen) == 4
    assert (card.weights_digest, card.metrics) == (whole.weights_digest, whole.metrics)
    assert (out / "tokenizer.json").read_bytes() == (base / "tokenizer.json").read_bytes()
    assert not checkpoints(out)


KILLED = """
import os, signal, sys
from pathlib import Path
import torch
from blazer.training.students.base import train_base
from blazer.training.students.settings import BaseSettings
torch.set_num_threads(1)
def see(now):
    if now.step >= 7:
        os.kill(os.getpid(), signal.SIGKILL)
train_base(BaseSettings.model_validate_json(sys.argv[1]), Path(sys.argv[2]), see)
"""


def test_killed_it_goes_on(base: Path, tmp_path: Path) -> None:
    out = tmp_path / "base"
    command = [sys.executable, "-c", KILLED, _settings().model_dump_json(), str(out)]
    ended = subprocess.run(
        command, env={**os.environ, "HF_HUB_OFFLINE": "1"}, capture_output=True, check=False
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    seen: list[TrainProgress] = []
    card, whole = train_base(_settings(), out, seen.append), read_run_card(base)
    assert whole is not None
    assert max(now.resumed_at for now in seen) == 6
    assert card.weights_digest == whole.weights_digest


def test_a_finished_one_is_left_as_it_is(base: Path) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in base.iterdir()}
    seen: list[TrainProgress] = []
    card = train_base(_settings(), base, seen.append)
    assert [now.phase for now in seen] == ["done already"]
    assert card == read_run_card(base)
    assert {path.name: path.stat().st_mtime_ns for path in base.iterdir()} == before


@pytest.mark.parametrize("other", [{"seed": 1}, {"size": "m"}, {"tasks": ("put_block",)}])
def test_other_settings_there_are_refused(base: Path, other: dict[str, Any]) -> None:
    (name,) = other
    with pytest.raises(CheckpointMismatch, match=name):
        train_base(_settings(**other), base)


def test_settings_that_shape_no_weights_may_differ(base: Path) -> None:
    other = _settings(report_steps=3, checkpoint_steps=5, logging="tensorboard")
    assert train_base(other, base) == read_run_card(base)


def test_another_number_of_threads_is_another_training(base: Path) -> None:
    with pytest.raises(CheckpointMismatch, match="threads"):
        train_base(_settings(threads=1), base)


def test_a_base_of_before_threads_could_be_chosen_is_the_same_one() -> None:
    assert not {"threads", "logging"} & set(_settings().shaping())
    assert _settings(threads=2).shaping()["threads"] == 2


def test_it_logs_where_it_is_told_and_computes_with_the_threads_it_is_given(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="needs the extra `train`")
    threads: set[int] = set()

    def see(now: TrainProgress) -> None:
        if now.phase == "training":
            threads.add(torch.get_num_threads())

    before = torch.get_num_threads()
    train_base(_settings(logging="tensorboard", threads=before + 1), tmp_path / "base", see)
    assert threads == {before + 1}
    assert torch.get_num_threads() == before
    assert list((tmp_path / "base" / "runs").rglob("events.*"))


def test_a_log_that_is_not_installed_is_refused_before_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hardware, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install wandb"):
        train_base(_settings(logging="wandb"), tmp_path / "base")
    assert not (tmp_path / "base").exists()


def test_force_replaces_a_training_and_nothing_else(tmp_path: Path) -> None:
    short = {"repeat": {"steps": 1, "batch_size": 1}, "pairs": {"steps": 0}, "scenes": {"steps": 0}}
    first = train_base(_settings(**short), tmp_path / "base")
    second = train_base(_settings(seed=1, **short), tmp_path / "base", force=True)
    assert first.weights_digest != second.weights_digest
    assert second.lineage[0].seeds == {}
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(CheckpointMismatch, match="holds no training"):
        train_base(_settings(**short), tmp_path / "mine", force=True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "years of work"


def test_too_little_memory_says_what_to_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(base_module, "make_student", fail)
    with pytest.raises(OutOfMemory, match=r"size s; lower repeat\.batch_size"):
        train_base(_settings(), tmp_path / "base")


def test_the_card_says_what_was_seen(base: Path) -> None:
    card = read_run_card(base)
    assert card is not None
    (seen,) = card.lineage
    assert (card.stage, card.style, card.model, card.steps) == ("base", "brief", "tiny", 9)
    assert set(seen.tasks) == set(seen.seeds) <= set(TASKS)
    assert not any(is_evaluation_seed(seed) for seeds in seen.seeds.values() for seed in seeds)
    assert BaseSettings.model_validate(card.config) == _settings()


def test_what_was_saved_is_a_model_that_stops_at_the_end_token(base: Path) -> None:
    tokenizer = transformers.AutoTokenizer.from_pretrained(base)
    student = transformers.AutoModelForCausalLM.from_pretrained(base)
    assert student.generation_config.eos_token_id == tokenizer.eos_token_id
    assert student.generation_config.pad_token_id == tokenizer.pad_token_id
    assert student.config.vocab_size == len(tokenizer)
    assert sum(p.numel() for p in student.parameters()) == read_run_card(base).parameters  # type: ignore[union-attr]


def test_sizes_differ_and_every_weight_learns(tokenizer: Any) -> None:
    counts = []
    for size in SHAPES:
        student = make_student(size, tokenizer)
        counts.append(sum(p.numel() for p in student.parameters()))
        ids = torch.arange(5, 25).reshape(2, 10)
        student(input_ids=ids, labels=ids).loss.backward()
        assert all(p.grad is not None and p.grad.abs().sum() > 0 for p in student.parameters())
    assert sorted(counts) == counts
    assert len(set(counts)) == len(SHAPES)


@pytest.mark.parametrize("stage", ["repeat", "pairs", "scenes"])
def test_a_training_of_one_step_trains(tmp_path: Path, stage: str) -> None:
    """Whatever the warm-up would have been."""
    weights = []
    for rate in (1e-3, 1e-2):
        stages: dict[str, Any] = {name: {"steps": 0} for name in ("repeat", "pairs", "scenes")}
        stages[stage] = {"steps": 1, "batch_size": 1}
        card = train_base(_settings(**stages, learning_rate=rate), tmp_path / f"base{rate}")
        weights.append(card.weights_digest)
    assert weights[0] != weights[1]


def test_learning_begins(tmp_path: Path) -> None:
    """Not that it reads scenes, which takes minutes; that the loss falls far below that of guessing."""
    losses: list[float] = []
    stages = {"repeat": {"steps": 0}, "pairs": {"steps": 40, "batch_size": 8}, "scenes": {"steps": 0}}

    def see(now: TrainProgress) -> None:
        losses.extend([now.metrics["loss"]] if "loss" in now.metrics else [])

    train_base(_settings(**stages, learning_rate=3e-3, checkpoint_steps=100), tmp_path / "base", see)
    assert losses[-1] < losses[0] - 1.0
