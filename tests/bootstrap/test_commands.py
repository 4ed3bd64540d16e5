"""`blazer bootstrap` and `blazer study` as a user types them, before anything is run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import get_args

import pytest

from blazer.bootstrap.presets import STUDY
from blazer.bootstrap.settings import StudySettings
from blazer.bootstrap.steps import State
from blazer.cli.loop_settings import Options, settings_of
from blazer.cli.sandboxes import check_steps
from blazer.cli.study import command_of, commands_of, keep_command
from blazer.sandbox.errors import SandboxUnavailable
from tests.cli.conftest import Blazer, blazer

__all__ = ["blazer"]


def test_a_dry_run_lists_the_steps_and_makes_nothing(blazer: Blazer, tmp_path: Path) -> None:
    answer = blazer("bootstrap", "--rounds", 2, "--tasks", "put_block", "--dry-run", "--work", "work")
    assert answer.code == 0, answer.err
    assert "round-2-student" in answer.out
    assert "round-3" not in answer.out
    assert "0 of" in answer.out
    assert not (tmp_path / "work").exists()


def test_the_last_of_preset_file_set_and_options_wins(blazer: Blazer, tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").write_text(
        "rounds: 4\ncollect: {teacher_share: 1.0}\ntasks: put_block,close_jar\n"
    )
    typed = ("bootstrap", "--config", "loop.yaml", "--dry-run")
    assert "round-4-teacher" in blazer(*typed).out
    assert "round-2-student" not in blazer(*typed).out
    assert "round-2-student" in blazer(*typed, "--teacher-share", "0.5").out
    assert "round-3" not in blazer(*typed, "--set", "rounds=2").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bootstrap", "--preset", "cpuu"), "Did you mean 'cpu'"),
        (("bootstrap", "--set", "colect.seeds=3"), "Did you mean 'collect'"),
        (("bootstrap", "--set", "student.sft.epoch=3"), "student.sft.epoch"),
        (("bootstrap", "--rounds", "0"), "rounds"),
        (("bootstrap", "--tasks", "put_blok"), "Did you mean 'put_block'"),
        (("study", "--only", "mains"), "Did you mean 'main'"),
        (("study", "--only", ","), "--only names no part"),
        (("study", "reports"), "run and report"),
        (("study", "--set", "ablation_seeds=1000"), "ablation_seeds"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(
    blazer: Blazer, tmp_path: Path, arguments: tuple[str, ...], words: str
) -> None:
    answer = blazer(*arguments, "--work", "work")
    assert answer.code == 2
    assert words in answer.err
    assert answer.err.count("\n") == 1
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("command", ["bootstrap", "study"])
def test_without_a_sandbox_for_the_student_nothing_is_begun(
    blazer: Blazer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    answer = blazer(command, "--preset", "smoke", "--work", "work")
    assert answer.code != 0
    assert "blazer sandbox build" in answer.err
    assert "--tier process" in answer.err
    assert not (tmp_path / "work").exists()


def test_the_tier_is_looked_at_only_where_something_is_to_be_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    for state in get_args(State):
        if state not in ("done", "changed"):
            with pytest.raises(SandboxUnavailable):
                check_steps({"done", state}, "auto", redo=False)
    check_steps({"done"}, "auto", redo=False)
    check_steps({"changed", "to do"}, "auto", redo=False)
    with pytest.raises(SandboxUnavailable):
        check_steps({"changed"}, "auto", redo=True)


def test_a_report_of_nothing_says_so(blazer: Blazer, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the extra `data` draws")
    answer = blazer("study", "report", "--work", "work", "--out", "docs", "--json")
    assert answer.code == 2
    assert "holds no study" in answer.err
    assert not (tmp_path / "docs").exists()
    (tmp_path / "work" / "steps").mkdir(parents=True)
    answer = blazer("study", "report", "--work", "work", "--out", "docs", "--json")
    assert answer.code == 0, answer.err
    assert answer.json["results"]["complete"] is False
    assert json.loads((tmp_path / "docs" / "results.json").read_text())["models"] == []


def test_a_report_prints_the_commands_that_made_it(tmp_path: Path) -> None:
    more = {"--tier": (("machine", "tier"), "process")}
    typed = Options("smoke", Path("some/where.yaml"), ["test.seeds=3"], more)
    assert command_of(typed, "main") == (
        "blazer study --preset smoke --tier process --config where.yaml --set test.seeds=3 --only main"
    )
    smoke = settings_of(StudySettings, STUDY, Options("smoke", None, (), more))
    assert commands_of(tmp_path, smoke) == "blazer study --preset smoke --tier process", "none were kept"
    for command in ("first", "second", "first"):
        keep_command(tmp_path, smoke, command)
    assert commands_of(tmp_path, smoke) == "second\nfirst"
    other = settings_of(StudySettings, STUDY, Options("smoke", None, ["test.seeds=3"]))
    assert "SETTINGS" in commands_of(tmp_path, other), "those of other settings made other figures"
    keep_command(tmp_path, other, "third")
    assert commands_of(tmp_path, other) == "third"
