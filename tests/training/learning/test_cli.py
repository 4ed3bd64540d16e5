"""`blazer train` from the command line: one run, its answer, and what it says when it cannot."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from blazer.cli.main import run
from blazer.core.run_card import read_run_card
from blazer.core.weights import weights_digest


def _words(stage: str, model: Path, data: Path, out: Path, *more: str) -> list[str]:
    return ["train", stage, "--data", str(data), "--model", str(model), "--out", str(out), *more]


@pytest.mark.parametrize("stage", ["sft", "dpo", "kto"])
def test_a_run_its_answer_and_that_it_is_done(
    stage: str, student: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, config = tmp_path / "out", tmp_path / "t.yaml"
    config.write_text(yaml.safe_dump({"logging": "none", "device": "cpu", "optim": {"batch_size": 4}}))
    words = _words(stage, student, data, out, "--config", str(config), "--set", "max_steps=2", "--json")
    assert run(words) == 0
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    card = read_run_card(out)
    assert card is not None
    assert told["card"] == json.loads(card.model_dump_json())
    assert (card.stage, card.steps, card.config["optim"]["batch_size"]) == (stage, 2, 4)
    assert card.weights_digest == weights_digest(out)
    assert run(words) == 0
    again = capsys.readouterr()
    assert json.loads(again.out) == told
    assert "done already" in again.err
    assert run([*words, "--seed", "5"]) == 2
    assert "seed is 0, now 5" in capsys.readouterr().err


def test_tensorboard_gets_the_loss(
    student: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tensorboard", reason="needs the extra `train`")
    words = _words("sft", student, data, tmp_path / "out", "--max-steps", "1", "--set", "device=cpu")
    assert run(words) == 0
    assert list((tmp_path / "out" / "runs").rglob("events.out.tfevents.*"))
    assert "weights" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--set", "optim.lr=1"], "unknown setting 'optim.lr'"),
        (["--share", "2"], "setting 'share' 2.0 (from --share)"),
        (["--set", "precision=fp64"], "'fp32' or 'bf16'"),
    ],
)
def test_what_cannot_be_ends_with_two(
    more: list[str], says: str, student: Path, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(_words("sft", student, data, tmp_path / "out", *more)) == 2
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
