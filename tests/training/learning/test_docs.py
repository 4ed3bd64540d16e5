"""The document on training says what the code does: commands parse, settings exist, tables are the code's."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from blazer.cli.main import app
from blazer.core.fields import fields_at
from blazer.training.learning.settings import LEARNING_RATES, TrainSettings

TEXT = (Path(__file__).parents[3] / "docs/training.md").read_text(encoding="utf-8")


def _commands() -> list[list[str]]:
    """Of code blocks; those of another program that starts Blazer's count as its own."""
    joined = re.sub(r"\\\n\s*", " ", TEXT)
    lines = re.findall(
        r"^(?:    |# \S+: |\$ )(?:.*?-m blazer\.cli\.main|blazer) (.+)$", joined, flags=re.MULTILINE
    )
    words = (shlex.split(line, comments=True) for line in lines)
    return [[word for word in some if word != "..."] for some in words]


def test_there_are_commands_of_every_stage() -> None:
    assert {tuple(words[:2]) for words in _commands()} >= {
        ("train", name) for name in ("base", "sft", "dpo", "kto")
    }


@pytest.mark.parametrize("words", _commands(), ids=" ".join)
def test_commands_parse(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    context = command.make_context("blazer", [], resilient_parsing=True)
    while hasattr(command, "resolve_command"):
        _, command, words = command.resolve_command(context, words)
    command.make_context("blazer", list(words))


def test_the_example_of_a_file_is_one() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, flags=re.DOTALL)
    values = yaml.safe_load(example)
    values["optim"]["learning_rate"] = float(values["optim"]["learning_rate"])
    TrainSettings.model_validate({"stage": "sft", "model": "m", "data": "d", "out": "o", **values})


def test_settings_in_the_table_exist() -> None:
    tables = re.findall(r"\| setting \|.*?\n\n", TEXT, flags=re.DOTALL)
    rows = [line for table in tables for line in table.strip().splitlines()]
    names = [name for row in rows for name in re.findall(r"`([^`]+)`", row.split("|")[1])]
    assert len(names) > 10
    for name in names:
        path, _, _ = name.replace("*.precompute", "dpo.precompute").partition(":")
        head, _, tail = path.partition(".")
        assert head in TrainSettings.model_fields
        if tail not in ("", "*"):
            assert tail in fields_at(TrainSettings, (head,))


def test_learning_rates_are_the_code_s() -> None:
    assert "2e-4 for SFT and 5e-6 for preferences" in TEXT
    assert LEARNING_RATES == {"sft": 2e-4, "dpo": 5e-6, "kto": 5e-6}


def test_the_example_in_python_runs_as_far_as_its_data() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    prepared, _, trained = example.partition("card = ")
    space: dict[str, Any] = {}
    exec(prepared, space)
    assert space["settings"].stage == "sft"
    compile(trained, "example", "exec")
