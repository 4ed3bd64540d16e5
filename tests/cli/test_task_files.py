"""A task file is as good as a task's name; two meanings of one name are refused; one rule for seeds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from blazer.agents.run import CollectConfig
from blazer.cli.collect_settings import Options, settings_of
from blazer.cli.task_choice import chosen_tasks, specs_of
from blazer.core.errors import UsageError
from blazer.core.rng import MAX_SEED
from blazer.store.store import Store
from blazer.tasks.library import get_task, load_task_file, task_names
from tests.cli.conftest import Blazer

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "my_task.json"
PROGRAM = 'pick(get_objects(kind="block")[0].name)\nplace_on("pad0")\n'
FAST = ("--seeds", "0:2", "--tier", "process", "--store", "t.sqlite")

Variant = Callable[..., str]


@pytest.fixture
def variant(tmp_path: Path) -> Variant:
    """Writes the example with other fields and returns the file's name."""

    def write(file: str, /, **fields: Any) -> str:
        raw = json.loads(EXAMPLE.read_text(encoding="utf-8")) | fields
        (tmp_path / file).write_text(json.dumps(raw))
        return file

    return write


def test_files_names_and_pools_mix_in_order(variant: Variant, blazer: Blazer) -> None:
    variant("a.json")
    variant("same.json")
    chosen = chosen_tasks("close_jar,./a.json,ood,same.json")
    assert tuple(chosen) == ("close_jar", "block_on_pad", *task_names("ood"))
    assert chosen["block_on_pad"] == load_task_file("a.json")
    with pytest.raises(UsageError, match="no task is named"):
        chosen_tasks(" ,")


def test_a_runs_settings_carry_the_spec_through_json(variant: Variant, blazer: Blazer) -> None:
    config = settings_of(Options(tasks=f"put_block,{variant('a.json')}"), {}).run_config()
    again = CollectConfig.model_validate(json.loads(config.model_dump_json()))
    assert again == config and list(again.specs) == ["block_on_pad"]
    assert specs_of(again) == {"put_block": get_task("put_block"), "block_on_pad": load_task_file("a.json")}


def test_a_task_file_is_collected_resumed_verified_and_replayed_without_the_file(
    blazer: Blazer, variant: Variant, tmp_path: Path
) -> None:
    command = ("collect", "--tasks", f"{variant('mine.json')},close_jar", *FAST, "--json")
    answer = blazer(*command)
    assert answer.code == 0, answer.err
    assert {item["task"] for item in answer.json["summary"]["tasks"]} == {"block_on_pad", "close_jar"}
    again = blazer(*command)
    assert (again.code, again.json["this_call"]) == (0, None)

    variant("mine.json", time_limit_s=50)
    edited = blazer(*command).json
    assert edited["this_call"]["done_before"] == 2, "an edited task is another task; the rest is done"
    assert all(item["episodes"] == 2 for item in edited["summary"]["tasks"])

    (tmp_path / "mine.json").unlink()
    assert blazer("verify", "--task", "block_on_pad", "--tier", "process", "--store", "t.sqlite").code == 0
    with Store.open("t.sqlite", create=False) as store:
        ran = [t for t in store.traces() if t.task == "block_on_pad" and t.execution.final_digest]
    assert blazer("replay", ran[0].trace_id, "--store", "t.sqlite").code == 0


def test_tasks_and_run_program_take_files(blazer: Blazer, variant: Variant, tmp_path: Path) -> None:
    file = variant("mine.json")
    shown = blazer("tasks", file)
    assert shown.code == 0 and "Put the" in shown.out
    assert blazer("tasks", file, "--json").json["spec"]["name"] == "block_on_pad"
    (tmp_path / "p.py").write_text(PROGRAM)
    ran = blazer("run-program", "p.py", "--task", file, "--tier", "process", "--json").json
    assert ran["task"] == "block_on_pad" and ran["execution"]["skill_calls"]


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"name": "put_block"}, "bad.json: name: 'put_block' is a task that ships with Blazer"),
        ({"goal": {"paper": [{"name": "nearby"}]}}, "bad.json: goal.paper.0: unknown predicate 'nearby'"),
        ({"instructions": ["{{ cycler.__init__ }}"]}, "bad.json: instructions.0: "),
        ({"instructions": ["{{ hue }}"]}, "bad.json: instructions.0: the template names 'hue'"),
        (
            {"placements": [{"objects": ["pad0", "$blocks"], "rects_m": [[0, 0, 0.01, 0.01]]}]},
            "bad.json: placements: ",
        ),
    ],
)
@pytest.mark.parametrize("command", [("collect", "--tasks"), ("tasks",), ("run-program", "p.py", "--task")])
def test_a_broken_file_is_one_line_and_two(
    command: tuple[str, ...],
    fields: dict[str, Any],
    says: str,
    blazer: Blazer,
    variant: Variant,
    tmp_path: Path,
) -> None:
    answer = blazer(*command, variant("bad.json", **fields))
    assert (answer.code, answer.out) == (2, "")
    assert says in answer.err and answer.err.count("\n") == 1
    assert [item.name for item in tmp_path.iterdir()] == ["bad.json"], "nothing was written"


def test_two_tasks_of_one_name_are_refused(blazer: Blazer, variant: Variant) -> None:
    both = f"{variant('a.json')},{variant('b.json', time_limit_s=50)}"
    answer = blazer("collect", "--tasks", both, *FAST)
    assert answer.code == 2
    assert "a.json and b.json hold two different tasks of the name 'block_on_pad'" in answer.err


def test_a_task_without_reference_program_says_so_and_ends_with_two(blazer: Blazer, variant: Variant) -> None:
    file = variant("a.json")
    for command in (
        ("run-program", "@reference", "--task", file),
        ("bench", "reference", "--tasks", file),
        ("bench", "episodes", "--tasks", f"close_jar,{file}"),
    ):
        answer = blazer(*command)
        assert (answer.code, answer.out) == (2, ""), command
        assert "'block_on_pad' has no reference program" in answer.err


@pytest.mark.parametrize(
    "command",
    [
        ("run-program", "@reference", "--task", "close_jar", "--seed"),
        ("tasks", "close_jar", "--seed"),
        ("collect", "--tasks", "close_jar", "--seeds"),
    ],
)
def test_every_command_has_the_same_largest_seed(command: tuple[str, ...], blazer: Blazer) -> None:
    answer = blazer(*command, str(MAX_SEED + 1))
    assert answer.code == 2 and str(MAX_SEED) in answer.err
    assert blazer("tasks", "close_jar", "--seed", str(MAX_SEED)).code == 0


def test_the_list_says_what_each_task_asks_for(blazer: Blazer) -> None:
    rows = blazer("tasks", "--json").json
    assert all(row["description"] for row in rows)
    assert "the lid goes onto the jar" in " ".join(blazer("tasks").out.split())
