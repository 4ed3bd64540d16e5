"""The shipped tasks, tasks from files, and what is said of a file that is none."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from blazer.core.errors import ConfigError, TaskError, UnknownNameError
from blazer.skills.api import SKILL_ERRORS, SKILLS_BY_NAME
from blazer.tasks.describe import describe, vocabulary
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task, has_reference, load_task_file, reference_program, task_names

NAMES = task_names()


def test_unknown_task_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="Did you mean 'close_jar'"):
        get_task("close_jars")
    with pytest.raises(UnknownNameError, match="train"):
        task_names("training")


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_task_survives_a_file(name: str, tmp_path: Path) -> None:
    path = tmp_path / "task.json"
    path.write_text(get_task(name).model_dump_json(indent=1))
    again = load_task_file(path)
    assert again == get_task(name)
    assert instantiate(again, 1) == instantiate(get_task(name), 1)


@pytest.mark.parametrize("name", NAMES)
def test_descriptions_go_to_json(name: str) -> None:
    said = describe(get_task(name))
    assert json.loads(json.dumps(said)) == said
    assert said["goal"]["strict"][-1]["name"] == "undisturbed"
    assert said["source"], "every shipped task says where it comes from"


def test_the_vocabulary_goes_to_json() -> None:
    words = vocabulary()
    assert json.loads(json.dumps(words)) == words
    assert "diameter_m" in words["types"]["jar"]["params"]


@pytest.mark.parametrize("name", NAMES)
def test_reference_programs_use_the_skill_api_only(name: str) -> None:
    assert has_reference(name)
    tree = ast.parse(reference_program(instantiate(get_task(name), 0)))
    builtins = {"sorted", "min", "max", "next", "int", "range", "zip", "len", "enumerate"}
    called = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert called <= set(SKILLS_BY_NAME) | builtins
    imported = {a.name for node in ast.walk(tree) if isinstance(node, ast.Import) for a in node.names}
    assert imported <= {"math"}
    caught = {
        h.type.id for h in ast.walk(tree) if isinstance(h, ast.ExceptHandler) and isinstance(h.type, ast.Name)
    }
    assert caught <= set(SKILL_ERRORS)


@pytest.mark.parametrize("name", NAMES)
def test_reference_programs_hold_no_object_id_or_coordinate(name: str) -> None:
    """They ask for things by kind and colour, as programs that hold for every seed do."""
    instance = instantiate(get_task(name), 0)
    program = reference_program(instance)
    for item in instance.objects:
        assert item.name not in program
        assert not any(f"{value:.4f}" in program for value in item.pose.position_m if value)


def test_a_task_without_reference_says_so(tmp_path: Path) -> None:
    raw = json.loads(get_task("put_block").model_dump_json()) | {"name": "push_block", "pool": "proposed"}
    path = tmp_path / "task.json"
    path.write_text(json.dumps(raw))
    with pytest.raises(TaskError, match="no reference program"):
        reference_program(instantiate(load_task_file(path), 0))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1"),
        ("[]", "this is a list"),
        ("{}", "name: is missing"),
        ('{"spec_version": 9}', "spec_version is 9; this Blazer reads 1"),
    ],
)
def test_bad_files(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "task.json"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_task_file(path)
    assert says in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"colour": "red"}, "colour: no such field"),
        ({"name": "Put Block"}, "name: "),
        ({"objects": [{"name": "a", "type": "bxo"}]}, "unknown type 'bxo'"),
        ({"time_limit_s": 0}, "greater than 0"),
        ({"base_yaw_rad": [0]}, "base_yaw_rad"),
    ],
)
def test_bad_fields(change: dict[str, object], says: str, tmp_path: Path) -> None:
    path = tmp_path / "task.json"
    path.write_text(json.dumps(json.loads(get_task("put_block").model_dump_json()) | change))
    with pytest.raises(ConfigError) as caught:
        load_task_file(path)
    assert says in str(caught.value)


def test_a_missing_file() -> None:
    with pytest.raises(ConfigError, match=r"cannot read task file 'nowhere\.json'"):
        load_task_file("nowhere.json")


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "task.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="cannot read"):
        load_task_file(path)
