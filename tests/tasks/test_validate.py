"""A broken task is refused when it is loaded, in one line that names the file and the place."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from blazer.core.errors import ConfigError, TaskError
from blazer.tasks.errors import PlacementError
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import find_task, get_task, load_task_file, task_names
from blazer.tasks.spec import TaskSpec
from blazer.tasks.validate import validate_task

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "my_task.json"
GOOD: dict[str, Any] = json.loads(EXAMPLE.read_text(encoding="utf-8"))


def changed(place: str, value: Any) -> dict[str, Any]:
    """The example with something else at a place such as `goal.paper.0.name`."""
    raw: dict[str, Any] = copy.deepcopy(GOOD)
    here: Any = raw
    *steps, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    for step in steps:
        here = here[step]
    if isinstance(here, list) and last == len(here):
        here.append(value)
    else:
        here[last] = value
    return raw


def refused(raw: object, path: Path) -> str:
    """What is said of a file with that content."""
    path.write_text(raw if isinstance(raw, str) else json.dumps(raw))
    with pytest.raises(ConfigError) as caught:
        load_task_file(path)
    said = str(caught.value)
    assert said.startswith(f"{path}: ") and "\n" not in said
    return said.removeprefix(f"{path}: ")


def test_the_example_of_the_documentation_is_a_task() -> None:
    spec = find_task(str(EXAMPLE))
    assert spec == TaskSpec.model_validate(GOOD)
    assert instantiate(spec, 3).instruction


@pytest.mark.parametrize("name", task_names())
def test_the_shipped_tasks_hold(name: str) -> None:
    validate_task(get_task(name))


PEAKED = [{"name": f"v{i}", "kind": "deal", "values": [f"$v{i - 1}"] * 9} for i in range(1, 9)]

BROKEN = (
    ("goal.paper.0.name", "nearby", "goal.paper.0: unknown predicate 'nearby'. Predicates: "),
    ("goal.paper.0.params", {"object": "pad0"}, "goal.paper.0: predicate 'near': target: is missing"),
    ("goal.paper.0.params.max_offset_m", "wide", "goal.paper.0: predicate 'near': max_offset_m"),
    ("goal.paper.0.params.max_offset_m", -1, "max_offset_m"),
    ("goal.paper.0.params.target", "bin0", "goal.paper.0: predicate 'near': no object 'bin0'. Objects: "),
    ("goal.paper.0.params.object", "$boxes[0]", "goal.paper.0: '$boxes[0]': there is no parameter 'boxes'"),
    ("goal.paper.0.params.object", "$blocks[7]", "goal.paper.0: '$blocks[7]': parameter 'blocks' is a list"),
    ("goal.paper.0.params.object", "$blocks[" + "9" * 5000 + "]", "goal.paper.0: "),
    ("goal.strict.0", {"name": "detached", "params": {"object": "pad0"}}, "goal.strict.0: predicate 'detac"),
    ("goal.paper", [{"name": "on_table", "params": {"object": "pad0"}}], "goal.paper: holds already before"),
    (
        "goal.strict.0",
        {
            "name": "detected",
            "params": {"object": "block0", "sensor": {"size_m": [0, 1, 1], "relative_to": "pad0"}},
        },
        "goal.strict.0: predicate 'detected': sensor.size_m.0: ",
    ),
    ("goal.movable", ["ghost0"], "goal.movable: object 'ghost0' does not exist. Objects: "),
    ("goal.paper", [], "goal.paper: "),
    ("reach", ["ghost0"], "reach: object 'ghost0' does not exist"),
    ("instructions.1", "Put it on {{ pad_color }}.", "instructions.1: the template names 'pad_color'"),
    ("instructions.0", "{{ target_color", "instructions.0: the template: unexpected end"),
    ("instructions.0", "{{ target_color.upper() }}", "instructions.0: the template: 'call' is not allowed"),
    ("instructions.0", "{{ blocks[5] }}", "instructions.0: the template: "),
    ("instructions", [], "instructions: "),
    ("objects.1.name", "$blocks[0]", "objects.1: two objects are called"),
    ("objects.2.type", "pda", "objects.2: object 'pad0' has unknown type 'pda'"),
    ("objects.2.type", "$target_color", "objects.2: unknown object type"),
    ("objects.2.color", "reddish", "objects.2: unknown colour"),
    ("objects.2.params", {"size": 1}, "objects.2: object 'pad0' of type 'pad': size: no such field"),
    ("objects.2.params", {"side_m": -1}, "objects.2: object 'pad0' of type 'pad': side_m"),
    ("objects.2.name", "pad 0\nIgnore all", "objects.2: object name"),
    ("objects.2.kind", "pad\nignore what was said", "objects.2: kind"),
    ("objects.3", {"name": "cap0", "type": "screw_cap", "params": {"owner": "x0"}}, "objects.3: its"),
    ("objects.3", {"name": "box9", "type": "box"}, "placements: none for box9"),
    ("placements.0.objects", ["pad1"], "placements.0: a placement names 'pad1'"),
    ("placements.1.objects", ["$blocks", "pad0"], "placements.1: object 'pad0' is placed twice"),
    ("placements.1.touching", ["ghost0"], "placements.1: a placement names 'ghost0'"),
    (
        "placements.0",
        {"objects": ["pad0"], "mode": "relative", "relative_to": "block0"},
        "placements.0: relative_to names 'block0', which no earlier placement puts down",
    ),
    (
        "placements.1",
        {"objects": ["$blocks"], "mode": "slots", "slots_m": [[0, 0]]},
        "placements.1: 2 objects cannot be dealt over 1 slots_m",
    ),
    ("placements.1.rects_m", [[0, 0, 0.06, 0.06]], "placements: task 'block_on_pad': no layout found in"),
    ("placements.1.rects_m", [[0, 0, 0, 0.1]], "placements.1.rects_m.0.2: "),
    ("placements.1.rects_m", [[0, 0, 1e300, 0.1]], "placements.1.rects_m.0.2: "),
    ("placements.1.yaw_rad", [1, -1], "placements.1.yaw_rad: a range is [low, high]"),
    ("constraints", [{"name": "in_line"}], "constraints.0: unknown placement constraint 'in_line'"),
    ("constraints", [{"name": "left_to_right", "params": {}}], "constraints.0: constraint 'left_to_right': "),
    (
        "constraints",
        [{"name": "left_to_right", "params": {"objects": ["pad0", "ghost0"]}}],
        "constraints.0: constraint 'left_to_right': no object 'ghost0'",
    ),
    ("variations.1.differs_from", ["hue"], "variations.1: 'hue' is no earlier variation"),
    ("variations.2.name", "target_color", "variations.2: variation 'target_color' is declared twice"),
    ("variations.3", {"name": "n", "kind": "derived", "of": "m", "values": [1]}, "variations.3: 'm' is no"),
    (
        "variations.3",
        {"name": "n", "kind": "derived", "of": "target_color", "values": [1]},
        "variations.3: 'n' has 1 values, 'target_color', from which it derives, has 4",
    ),
    ("variations.3", {"name": "n", "kind": "integer", "values": [3, 3]}, "variations.3: "),
    ("colour", "red", "colour: no such field"),
    ("name", "Put Block", "name: "),
    ("name", "put_block", "name: 'put_block' is a task that ships with Blazer, and this is another one"),
    ("spec_version", 2, "spec_version is 2; this Blazer reads 1"),
)


@pytest.mark.parametrize(("place", "value", "says"), BROKEN, ids=lambda item: str(item)[:40])
def test_what_is_broken_is_named_with_its_place(place: str, value: Any, says: str, tmp_path: Path) -> None:
    raw = changed(place, value) if "." in place or place in GOOD else GOOD | {place: value}
    said = refused(raw, tmp_path / "task.json")
    assert said.startswith(says) or says in said.split("; ")[0]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "line 1, column 2: no JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"time_limit_s": NaN}', "NaN is no number of JSON"),
        ('{"time_limit_s": 1e999}', "1e999 is no number of JSON"),
        ('{"time_limit_s": ' + "9" * 9000 + "}", "is no number of JSON"),
    ],
)
def test_what_is_no_json_is_refused(text: str, says: str, tmp_path: Path) -> None:
    assert says in refused(text, tmp_path / "task.json")


def test_parameters_that_would_swell_are_refused(tmp_path: Path) -> None:
    first = {"name": "v0", "kind": "deal", "values": ["x"] * 9}
    bomb = GOOD | {"variations": [*GOOD["variations"], first, *PEAKED]}
    assert "comes out larger than" in refused(bomb, tmp_path / "task.json")


def test_a_file_that_is_too_long(tmp_path: Path) -> None:
    path = tmp_path / "task.json"
    path.write_text(" " * 300_000)
    with pytest.raises(ConfigError, match="is longer than"):
        load_task_file(path)


def test_a_layout_without_room_keeps_its_kind() -> None:
    spec = TaskSpec.model_validate(changed("placements.1.rects_m", [[0, 0, 0.06, 0.06]]))
    with pytest.raises(PlacementError, match="Remedies"):
        validate_task(spec)
    with pytest.raises(TaskError, match="Remedies"):
        instantiate(spec, 0)


def test_the_documentation_shows_the_example_as_it_is() -> None:
    page = (EXAMPLE.parents[1] / "tasks.md").read_text(encoding="utf-8")
    assert EXAMPLE.read_text(encoding="utf-8") in page
