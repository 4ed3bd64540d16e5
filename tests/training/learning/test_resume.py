"""Killed at any moment, the same command ends with the weights of a training that never stopped."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from blazer.core.errors import UsageError
from blazer.core.run_card import RUN_CARD, read_run_card, write_run_card
from blazer.training.errors import CheckpointMismatch
from blazer.training.learning.checkpoints import MARK, checkpoints
from blazer.training.learning.place import PLAN
from blazer.training.learning.progress import TrainProgress
from blazer.training.learning.train import train
from tests.training.learning.making import settings_for

STEPS = {"max_steps": 8, "checkpoint_steps": 3, "report_steps": 2}


class _Stop(BaseException):
    """Nothing that training would handle."""


def _stopping_at(step: int) -> Any:
    def see(now: TrainProgress) -> None:
        if now.step >= step:
            raise _Stop

    return see


def _optim(accumulation: int = 1) -> dict[str, Any]:
    return {"batch_size": 4, "accumulation": accumulation, "learning_rate": 1e-3, "warmup": 0.5}


@pytest.mark.parametrize(
    ("stage", "more", "step"),
    [
        ("sft", {"optim": _optim(2)}, 4),
        ("sft", {"optim": _optim(2)}, 7),
        ("sft", {"optim": _optim(), "lora": {"rank": 4, "dropout": 0.2}, "order": "drawn"}, 4),
        ("dpo", {"optim": _optim()}, 7),
        ("dpo", {"optim": _optim(), "dpo": {"precompute_reference": False}}, 4),
        ("kto", {"optim": _optim()}, 7),
    ],
    ids=["sft", "sft later", "lora", "dpo", "dpo with its reference", "kto"],
)
def test_an_interrupted_training_ends_as_one_that_never_stopped(
    stage: str, more: dict[str, Any], step: int, forgetful: Path, data: Path, tmp_path: Path
) -> None:
    whole = train(settings_for(stage, forgetful, data, tmp_path / "whole", **STEPS, **more))
    wanted = settings_for(stage, forgetful, data, tmp_path / "stopped", **STEPS, **more)
    with pytest.raises(_Stop):
        train(wanted, _stopping_at(step))
    assert not (wanted.out / RUN_CARD).exists()
    assert checkpoints(wanted.out)
    seen: list[TrainProgress] = []
    went_on = train(wanted, seen.append)
    assert max(now.resumed_at for now in seen) == step // 3 * 3
    assert went_on.weights_digest == whole.weights_digest
    assert went_on.weights_digest != whole.begun_from
    assert (went_on.steps, went_on.epochs) == (whole.steps, whole.epochs)
    assert went_on.metrics == whole.metrics


def test_a_training_stopped_between_its_last_step_and_its_end_trains_no_further(
    forgetful: Path, data: Path, tmp_path: Path
) -> None:
    whole = train(settings_for("sft", forgetful, data, tmp_path / "whole", **STEPS, optim=_optim()))
    wanted = settings_for("sft", forgetful, data, tmp_path / "stopped", **STEPS, optim=_optim())

    def see(now: TrainProgress) -> None:
        if now.phase == "saving" and now.step == now.steps:
            raise _Stop

    with pytest.raises(_Stop):
        train(wanted, see)
    assert (checkpoints(wanted.out)[-1] / MARK).is_file()
    card = train(wanted)
    assert (card.steps, card.weights_digest) == (whole.steps, whole.weights_digest)
    assert card.metrics["eval_loss"] == whole.metrics["eval_loss"]


KILLED = """
import os, signal, sys
from blazer.training.learning.settings import TrainSettings
from blazer.training.learning.train import train
import torch
torch.set_num_threads(1)
def see(now):
    if now.step >= 5:
        os.kill(os.getpid(), signal.SIGKILL)
train(TrainSettings.model_validate_json(sys.argv[1]), see)
"""


@pytest.mark.timeout(900)  # a second interpreter loads everything once more
def test_a_killed_process_is_gone_on_from(forgetful: Path, data: Path, tmp_path: Path) -> None:
    whole = train(settings_for("sft", forgetful, data, tmp_path / "whole", **STEPS, optim=_optim()))
    wanted = settings_for("sft", forgetful, data, tmp_path / "killed", **STEPS, optim=_optim())
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"}
    arguments = [sys.executable, "-c", KILLED, wanted.model_dump_json()]
    killed = subprocess.run(arguments, env=environment, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert [path.name for path in checkpoints(wanted.out)] == ["checkpoint-3"]
    seen: list[TrainProgress] = []
    assert train(wanted, seen.append).weights_digest == whole.weights_digest
    assert max(now.resumed_at for now in seen) == 3


def test_a_finished_training_is_done_already_and_nothing_moves(
    student: Path, data: Path, tmp_path: Path
) -> None:
    wanted = settings_for("sft", student, data, tmp_path / "out", max_steps=2)
    card = train(wanted)
    before = {path: path.stat().st_mtime_ns for path in wanted.out.rglob("*")}
    assert before
    assert not checkpoints(wanted.out)
    assert not (wanted.out / PLAN).exists()
    phases: list[str] = []
    assert train(wanted, lambda now: phases.append(now.phase)) == card
    assert phases == ["done already"]
    assert {path: path.stat().st_mtime_ns for path in wanted.out.rglob("*")} == before
    moved = wanted.model_copy(update={"report_steps": 7, "logging": "none", "checkpoint_steps": 9})
    assert train(moved) == card
    with pytest.raises(CheckpointMismatch, match=r"optim\.learning_rate is 0\.001, now 0\.002.*--force"):
        train(settings_for("sft", student, data, wanted.out, max_steps=2, optim=_slower()))
    assert read_run_card(wanted.out) == card
    other = settings_for("sft", student, data, wanted.out, max_steps=2, optim=_slower())
    assert train(other, force=True).weights_digest != card.weights_digest
    weights = wanted.out / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\0\1")
    with pytest.raises(CheckpointMismatch, match="altered"):
        train(other)


@pytest.mark.parametrize("adapter", [False, True], ids=["model", "adapter"])
def test_another_template_or_base_is_another_training(
    adapter: bool, student: Path, data: Path, tmp_path: Path
) -> None:
    base = shutil.copytree(student, tmp_path / "base")
    model = base
    if adapter:
        model = tmp_path / "lora"
        train(settings_for("sft", base, data, model, max_steps=1, lora={"rank": 4}))
    wanted = settings_for("sft", model, data, tmp_path / "out", max_steps=1)
    card = train(wanted)
    assert train(wanted) == card
    path = base / "chat_template.jinja" if not adapter else base / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\n")
    with pytest.raises(CheckpointMismatch, match="model's files is"):
        train(wanted)
    write_run_card(wanted.out, card.model_copy(update={"begun_files": ""}))
    assert train(wanted).weights_digest == card.weights_digest, "what an older card does not hold counts not"


def test_force_takes_nothing_before_the_new_training_is_known_to_be_possible(
    student: Path, data: Path, tmp_path: Path
) -> None:
    wanted = settings_for("sft", student, data, tmp_path / "out", max_steps=1)
    card = train(wanted)
    with pytest.raises(UsageError, match="too long"):
        train(settings_for("sft", student, data, wanted.out, max_tokens=20), force=True)
    assert train(wanted) == card
    (wanted.out / "notes.txt").write_text("mine")
    (wanted.out / "dpo").mkdir()
    (wanted.out / "dpo" / "model.safetensors").write_bytes(b"mine")
    again = train(settings_for("sft", student, data, wanted.out, max_steps=1, lora={"rank": 4}), force=True)
    assert again.adapter
    assert not (wanted.out / "model.safetensors").exists()
    assert (wanted.out / "notes.txt").read_text() == "mine"
    assert (wanted.out / "dpo" / "model.safetensors").read_bytes() == b"mine"


def test_what_never_took_a_step_may_be_tried_with_other_settings(
    student: Path, data: Path, tmp_path: Path
) -> None:
    wanted = settings_for("sft", student, data, tmp_path / "out", **STEPS, optim=_optim())
    with pytest.raises(_Stop):
        train(wanted, _stopping_at(1))
    assert (wanted.out / PLAN).is_file()
    smaller = wanted.model_copy(update={"optim": wanted.optim.model_copy(update={"batch_size": 2})})
    with pytest.raises(_Stop):
        train(smaller, _stopping_at(4))
    with pytest.raises(CheckpointMismatch, match=r"optim\.batch_size is 2, now 4"):
        train(wanted)


def test_what_another_process_finished_meanwhile_is_not_trained_again(
    student: Path, data: Path, tmp_path: Path
) -> None:
    wanted = settings_for("sft", student, data, tmp_path / "out", max_steps=1)
    phases: list[str] = []

    def see(now: TrainProgress) -> None:
        phases.append(now.phase)
        if now.phase == "loading":
            train(wanted)

    train(wanted, see)
    assert phases == ["loading", "done already"]


def _slower() -> dict[str, Any]:
    return {"batch_size": 2, "learning_rate": 2e-3}


def test_an_unfinished_or_damaged_checkpoint_is_never_gone_on_from(
    student: Path, data: Path, tmp_path: Path
) -> None:
    wanted = settings_for("sft", student, data, tmp_path / "out", **STEPS, optim=_optim())
    with pytest.raises(_Stop):
        train(wanted, _stopping_at(7))
    older, newer = checkpoints(wanted.out)
    (newer / "optimizer.pt").write_bytes(b"half")
    with pytest.raises(CheckpointMismatch, match=r"checkpoint-6 is damaged \(optimizer\.pt\)"):
        train(wanted)
    (newer / MARK).unlink()
    seen: list[TrainProgress] = []
    with pytest.raises(_Stop):
        train(wanted, lambda now: (seen.append(now), _stopping_at(4)(now)))
    assert not newer.exists()
    assert max(now.resumed_at for now in seen) == 3
    assert json.loads((older / MARK).read_text())["elapsed_s"] > 0
