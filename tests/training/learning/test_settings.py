"""Settings are closed, resolved and consistent before a library is loaded."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from blazer.cli.train_settings import Options, settings_of
from blazer.core.errors import ConfigError
from blazer.training.learning.settings import LEARNING_RATES, STAGES, TrainSettings

BASIC: dict[str, Any] = {"model": "m", "data": "d", "out": "o"}


@pytest.mark.parametrize("stage", STAGES)
def test_the_learning_rate_is_that_of_the_stage_and_written_down(stage: Any) -> None:
    settings = TrainSettings(stage=stage, **BASIC)
    assert settings.model_dump()["optim"]["learning_rate"] == LEARNING_RATES[stage]
    assert TrainSettings.model_validate(settings.model_dump(mode="json")) == settings


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"optim": {"learning_rates": 1e-4}}, "learning_rates"),
        ({"nonsense": 1}, "nonsense"),
        ({"share": 0}, "share"),
        ({"share": 1.1}, "share"),
        ({"stage": "dpo", "packing": True, "max_tokens": 9}, "packing is for sft"),
        ({"packing": True}, "packing needs max_tokens"),
        ({"stage": "kto", "optim": {"batch_size": 1}}, "batch_size of 2"),
        ({"stage": "dpo", "dpo": {"losses": {}}}, "losses must name one"),
        ({"stage": "dpo", "dpo": {"losses": {"sft": 1}}}, "train sft"),
        ({"stage": "dpo", "dpo": {"losses": {"sigmoid": 0}}}, "above 0"),
        ({"stage": "dpo", "dpo": {"label_smoothing": 0.1}}, "robust"),
        ({"stage": "dpo", "dpo": {"losses": {"exo_pair": 1}}}, "exo_pair"),
        ({"lora": {"targets": ["q_proj", "lm_head"]}}, "lm_head"),
        ({"epochs": float("inf")}, "finite"),
        ({"stage": "dpo", "dpo": {"beta": float("inf")}}, "finite"),
        ({"stage": "dpo", "dpo": {"losses": {"sigmoid": float("nan")}}}, "finite"),
        ({"optim": {"max_grad_norm": float("inf")}}, "finite"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        TrainSettings.model_validate({"stage": "sft", **BASIC, **wrong})


def test_options_win_over_set_and_set_over_file(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text(
        "model: a\ndata: b\nout: c\nseed: 1\nshare: 0.5\noptim: {batch_size: 3, schedule: linear}\n"
    )
    options = Options(config=file, set=["seed=2", "optim.batch_size=4"], batch_size=5)
    settings = settings_of("sft", options)
    assert (settings.seed, settings.share) == (2, 0.5)
    assert (settings.optim.batch_size, settings.optim.schedule) == (5, "linear")
    assert settings.optim.learning_rate == LEARNING_RATES["sft"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"set": ["optim.lr=1"]}, "unknown setting 'optim.lr' .*Known: .*learning_rate"),
        ({"set": ["share=2"]}, "'share' 2"),
        ({"model": None}, "--model is missing"),
        ({"set": ["stage=dpo"]}, "blazer train dpo"),
    ],
)
def test_a_wrong_option_says_where_it_is_from(options: dict[str, Any], says: str) -> None:
    given: dict[str, Any] = {"model": "m", "data": Path("d"), "out": Path("o")}
    with pytest.raises(ConfigError, match=says):
        settings_of("sft", Options(**{**given, **options}))


@pytest.mark.parametrize(
    ("options", "rank"),
    [
        ({"lora": True}, 16),
        ({"lora": True, "set": ["lora.rank=4"]}, 4),
        ({"set": ["lora.rank=4"]}, 4),
        ({"lora": False, "set": ["lora.rank=4"]}, None),
        ({}, None),
    ],
)
def test_lora_is_made_of_the_option_and_its_settings(options: dict[str, Any], rank: int | None) -> None:
    given: dict[str, Any] = {"model": "m", "data": Path("d"), "out": Path("o")}
    lora = settings_of("sft", Options(**{**given, **options})).lora
    assert (lora.rank if lora else None) == rank


def test_settings_and_help_load_no_heavy_library() -> None:
    code = (
        "import sys; from blazer.cli.main import run; run(['train', 'sft', '--help']);"
        "sys.exit(any(name in sys.modules for name in ('torch', 'transformers', 'trl', 'datasets')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
