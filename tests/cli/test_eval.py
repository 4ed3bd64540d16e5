"""`blazer eval`: what is typed becomes what is evaluated, and what cannot be is refused in one line."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from blazer.agents.opening import OpenRun
from blazer.cli import eval as eval_command
from blazer.cli.eval_settings import Options, settings_of
from blazer.core.errors import BlazerError, ConfigError, UnknownNameError, UsageError
from blazer.core.outcomes import Outcome
from blazer.eval.evaluation.result import Evaluation
from blazer.eval.evaluation.settings import EvalSettings
from blazer.tasks.library import task_names
from tests.cli.conftest import Blazer
from tests.eval.evaluation.fakes import START, Bench, settings

DOCS = (Path(__file__).parents[2] / "docs/evaluation.md").read_text(encoding="utf-8")
MODELS = ("teacher=scripted", "sft=hf:models/sft")


def test_names_and_defaults() -> None:
    found = settings_of(Options(model=MODELS))
    assert [(m.name, m.spec, m.repairs) for m in found.models] == [
        ("teacher", "scripted", 0),
        ("sft", "hf:models/sft", 0),
    ]
    assert found.tasks == task_names("train")
    assert (found.seeds, found.samples) == ((2_000_000, 2_000_100), 1)
    assert found.pairs == (("teacher", "sft"),)


@pytest.mark.parametrize(
    ("text", "tasks"),
    [
        ("pool", task_names("train")),
        ("outside", task_names("ood")),
        ("all", task_names()),
        ("put_block,outside", ("put_block", *task_names("ood"))),
    ],
)
def test_words_for_tasks(text: str, tasks: tuple[str, ...]) -> None:
    assert settings_of(Options(model=MODELS, tasks=text)).tasks == tasks


def test_what_is_said_of_one_model() -> None:
    found = settings_of(
        Options(
            model=(*MODELS, "api=gpt-4.1"),
            repairs=("teacher=1",),
            style=("sft=brief",),
            planner=("sft=scripted",),
            base_url=("api=http://localhost:8000/v1",),
            compare=("sft,teacher",),
        )
    )
    teacher, sft, api = found.models
    assert (teacher.repairs, sft.style, sft.planner) == (1, "brief", "scripted")
    assert api.base_url == "http://localhost:8000/v1"
    assert found.pairs == (("sft", "teacher"),)


def test_a_file_and_options_win(tmp_path: Path) -> None:
    path = tmp_path / "eval.yaml"
    path.write_text(
        "models:\n  - {name: teacher, spec: scripted, repairs: 1}\n"
        "tasks: outside\nseeds: 2000000:2000010\nsamples: 4\n"
    )
    found = settings_of(Options(config=path, samples=2, set=("resamples=500",)))
    assert (found.models[0].repairs, found.tasks) == (1, task_names("ood"))
    assert (found.seeds, found.samples, found.resamples) == ((2_000_000, 2_000_010), 2, 500)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"model": ()}, UsageError, "no model is named"),
        ({"model": ("scripted",)}, UsageError, "NAME=VALUE"),
        ({"model": ("a=scripted", "a=scripted")}, UsageError, "twice"),
        ({"repairs": ("dpo=1",)}, UsageError, "no model here"),
        ({"repairs": ("teacher=x",)}, ConfigError, "integer"),
        ({"style": ("sft=long",)}, ConfigError, "'full' or 'brief'"),
        ({"seeds": "0:100"}, ConfigError, "trained on"),
        ({"seeds": "2000100:2000000"}, UsageError, "holds no seed"),
        ({"tasks": "close_jra"}, UnknownNameError, "close_jar"),
        ({"compare": ("teacher",)}, UsageError, "two names"),
        ({"compare": ("teacher,dpo",)}, ConfigError, "dpo"),
        ({"set": ("sample=3",)}, ConfigError, "Did you mean 'samples'"),
        ({"samples": 0}, ConfigError, "greater than or equal to 1"),
        ({"tier": "docke"}, ConfigError, "docker"),
    ],
)
def test_refused(options: dict[str, Any], error: type[BlazerError], words: str) -> None:
    with pytest.raises(error, match=words):
        settings_of(Options(**{"model": MODELS, **options}))


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EvalSettings]]:
    """Settings that commands came to; nothing is run."""
    found: list[EvalSettings] = []

    async def catch(settings: EvalSettings, *others: object) -> Evaluation:
        found.append(settings)
        raise UsageError("stopped here")

    monkeypatch.setattr(eval_command, "evaluate", catch)
    yield found


def _commands() -> list[str]:
    blocks = re.findall(r"^(?:    .*\n)+", DOCS, re.MULTILINE)
    joined = "".join(blocks).replace("\\\n", " ")
    return [line.partition(" #")[0].strip() for line in joined.splitlines() if "blazer eval" in line]


@pytest.mark.parametrize("line", _commands())
def test_commands_of_the_document_are_understood(
    line: str, blazer: Blazer, asked: list[EvalSettings]
) -> None:
    pytest.importorskip("matplotlib", reason="pictures need the extra `data`")
    program, *arguments = shlex.split(line)
    assert program == "blazer"
    answer = blazer(*arguments)
    assert "stopped here" in answer.err, answer.err
    assert len(asked) == 1


def test_the_document_names_every_setting_that_exists() -> None:
    assert len(_commands()) >= 5
    for name in re.findall(r"`--set (\w+)=", DOCS):
        assert name in EvalSettings.model_fields
    for option in set(re.findall(r"(?<!-)--([a-z][a-z-]*)", DOCS)) - {
        "set",
        "out",
        "json",
        "config",
        "rounds",
    }:
        assert option.replace("-", "_") in Options._fields, option


def _on_fakes(monkeypatch: pytest.MonkeyPatch) -> Bench:
    bench = Bench(lambda model, task, seed, sample: Outcome.SUCCESS if seed % 2 else Outcome.COLLISION)
    opener: OpenRun = bench.open_run
    monkeypatch.setattr(eval_command, "open_run", opener)
    monkeypatch.setattr(eval_command, "settings_of", lambda options: settings("a", "b"))
    return bench


def test_the_answer_is_json_and_files(
    blazer: Blazer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytest.importorskip("matplotlib", reason="pictures need the extra `data`")
    bench = _on_fakes(monkeypatch)
    answer = blazer("eval", "--out", "found", "--json")
    assert answer.code == 0
    assert [model["name"] for model in answer.json["models"]] == ["a", "b"]
    assert answer.json["models"][0]["success_strict"] == 0.5
    assert all((tmp_path / path).exists() for path in answer.json["files"])
    assert bench.opened == ["a", "b"]
    again = blazer("eval", "--out", "found")
    assert "every episode is there" in again.err and bench.opened == ["a", "b"]
    assert "50.0 (" in again.out and str(START) not in again.out


def test_without_pictures_nothing_is_begun(blazer: Blazer, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = _on_fakes(monkeypatch)
    monkeypatch.setattr("blazer.eval.evaluation.pictures.find_spec", lambda name: None)
    answer = blazer("eval", "--out", "found")
    assert answer.code == 2 and "blazer-agents[data]" in answer.err
    assert bench.opened == []
