"""Every task over many seeds, without physics; and specs that contradict themselves."""

from __future__ import annotations

import json
import math
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazer.core.errors import BlazerError, TaskError, UsageError
from blazer.core.records import Decision
from blazer.core.rng import MAX_SEED
from blazer.sim.layout import ROBOT_BASE_M, TABLE_TOP_Z_M, WORKSPACE_X_M, WORKSPACE_Y_M
from blazer.tasks.convex import distance_m, solid_of
from blazer.tasks.errors import PlacementError, PredicateError
from blazer.tasks.instantiate import draw_parameters, instantiate, scene_of
from blazer.tasks.judge import judge
from blazer.tasks.layout import footprint_of, gripper_blocker
from blazer.tasks.library import get_task, reference_program, task_names
from blazer.tasks.spec import TaskInstance, TaskSpec
from tests.tasks.builders import world_of

SEEDS = range(50)
NAMES = task_names()


@pytest.fixture(scope="module", params=NAMES)
def instances(request: pytest.FixtureRequest) -> list[TaskInstance]:
    """One task, drawn for all seeds."""
    return [instantiate(get_task(request.param), seed) for seed in SEEDS]


def test_json_round_trip(instances: list[TaskInstance]) -> None:
    for instance in instances:
        assert TaskInstance.model_validate_json(instance.model_dump_json()) == instance
        plain = json.loads(json.dumps(instance.model_dump(mode="json")))
        assert TaskInstance.model_validate(plain) == instance


def test_same_seed_same_instance_and_other_seed_another(instances: list[TaskInstance]) -> None:
    spec = get_task(instances[0].task)
    assert instantiate(spec, 7) == instances[7]
    assert TaskSpec.model_validate_json(spec.model_dump_json()) == spec
    layouts = {tuple(item.pose.position_m for item in instance.objects) for instance in instances}
    assert len(layouts) == len(instances)


def test_everything_stands_on_the_table_inside_the_workspace(instances: list[TaskInstance]) -> None:
    for instance in instances:
        for body in scene_of(instance).bodies:
            low_x, low_y, high_x, high_y = footprint_of(body).bounds()
            assert WORKSPACE_X_M[0] - 1e-6 <= low_x <= high_x <= WORKSPACE_X_M[1] + 1e-6
            assert WORKSPACE_Y_M[0] - 1e-6 <= low_y <= high_y <= WORKSPACE_Y_M[1] + 1e-6
            assert body.pose.position_m[2] - body.size_m[2] / 2 >= TABLE_TOP_Z_M - 1e-6


def test_what_the_task_is_about_can_be_reached_and_grasped(instances: list[TaskInstance]) -> None:
    near, far = get_task(instances[0].task).reach_radius_m
    for instance in instances:
        scene = scene_of(instance)
        footprints = [footprint_of(body) for body in scene.bodies]
        for name in instance.goal.movable:
            body = scene.body(name)
            x, y, z = body.pose.position_m
            assert near <= math.hypot(x - ROBOT_BASE_M[0], y - ROBOT_BASE_M[1]) <= far
            own = {name, body.mechanism.owner if body.mechanism else ""}
            others = [f for f in footprints if f.name not in own]
            yaw = 2 * math.atan2(body.pose.quat_wxyz[3], body.pose.quat_wxyz[0])
            assert gripper_blocker(x, y, z, yaw, others) is None


def test_goal_is_initially_false(instances: list[TaskInstance]) -> None:
    for instance in instances:
        world = world_of(instance)
        verdict = judge(instance, world, world)
        assert verdict.paper is Decision.FAIL, instance.seed
        assert verdict.strict is Decision.FAIL


def test_texts_are_complete(instances: list[TaskInstance]) -> None:
    wordings = set()
    for instance in instances:
        text = instance.instruction
        assert text
        assert "{{" not in text and "$" not in text
        assert not any(item.name in text for item in instance.objects), "an instruction names no object id"
        wordings.add(text)
        program = reference_program(instance)
        compile(program, "reference", "exec")
        assert "{{" not in program
    assert len(wordings) >= 2


def test_names_do_not_give_the_target_away(instances: list[TaskInstance]) -> None:
    """Where a task has several objects of a kind, no fixed name is always the one to move to or take."""
    dealt = [v.name for v in get_task(instances[0].task).variations if v.kind == "deal"]
    for name in dealt:
        assert len({instance.parameters[name][0] for instance in instances}) > 1


def test_fifteen_tasks_in_two_pools() -> None:
    assert len(task_names("train")) == 9
    assert len(task_names("ood")) == 6
    assert task_names("train") + task_names("ood") == NAMES


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(NAMES), st.integers(0, MAX_SEED))
def test_any_seed_has_an_instance(name: str, seed: int) -> None:
    instance = instantiate(get_task(name), seed)
    assert instance.seed == seed
    assert instance.parameters == draw_parameters(get_task(name), seed)


@pytest.mark.parametrize("seed", [-1, MAX_SEED + 1, 99999999999999])
def test_what_is_no_seed_has_none(seed: int) -> None:
    with pytest.raises(UsageError, match=f"seeds go from 0 to {MAX_SEED}"):
        instantiate(get_task("close_jar"), seed)


# --- specs that contradict themselves ----------------------------------------------------------------


def spec_with(**changes: Any) -> TaskSpec:
    raw = json.loads(get_task("put_block").model_dump_json())
    return TaskSpec.model_validate({**raw, **changes})


BLOCK = {"name": "block0", "type": "box"}
PLACED = {"objects": ["block0"], "rects_m": [[0, 0, 0.1, 0.1]]}
NEVER = {"paper": [{"name": "held", "params": {"object": "block0"}}]}


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"instructions": ["Put the {{ colour }} block."]}, TaskError, "'colour' is undefined"),
        ({"instructions": ["Put the {{ block."]}, TaskError, "Allowed: {{ name }}"),
        ({"objects": [BLOCK, BLOCK]}, TaskError, "two objects are called 'block0'"),
        ({"objects": [{"name": "$thing", "type": "box"}]}, TaskError, "no parameter 'thing'"),
        ({"objects": [BLOCK | {"type": "boxx"}]}, BlazerError, "Did you mean 'box'"),
        ({"objects": [BLOCK | {"color": "reddish"}]}, BlazerError, "unknown colour"),
        ({"objects": [BLOCK], "placements": []}, ValueError, "placements"),
        (
            {"objects": [BLOCK, {"name": "b", "type": "box"}], "placements": [PLACED]},
            TaskError,
            "no placement for b",
        ),
        ({"objects": [BLOCK], "placements": [PLACED | {"touching": ["sky"]}]}, TaskError, "Objects: block0"),
        ({"objects": [BLOCK], "placements": [PLACED], "reach": ["moon"]}, TaskError, "reach names 'moon'"),
        (
            {"objects": [BLOCK], "placements": [PLACED | {"rects_m": []}]},
            ValueError,
            "at least one rectangle",
        ),
        ({"goal": NEVER | {"movable": ["lamp0"]}}, TaskError, "movable object 'lamp0'"),
        ({"goal": {"paper": [{"name": "hovering"}]}}, PredicateError, "Predicates: "),
        ({"goal": {"paper": []}}, ValueError, "paper"),
        (
            {"objects": [BLOCK], "placements": [PLACED], "goal": NEVER, "constraints": [{"name": "near_by"}]},
            BlazerError,
            "placement constraint",
        ),
        (
            {"variations": [{"name": "a", "kind": "derived", "of": "b", "values": [1]}]},
            TaskError,
            "not drawn before it",
        ),
        ({"variations": [{"name": "a", "kind": "choice"}]}, ValueError, "needs values"),
        ({"variations": [{"name": "a", "kind": "integer", "values": [3, 3]}]}, ValueError, "low < high"),
    ],
)
def test_contradictions_are_named(changes: dict[str, Any], error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        instantiate(spec_with(**changes), 0)
    assert says in str(caught.value)


def test_no_room_lists_remedies() -> None:
    crowd = [{"name": f"block{i}", "type": "box"} for i in range(6)]
    spec = spec_with(
        objects=crowd, placements=[PLACED | {"objects": [item["name"] for item in crowd]}], goal=NEVER
    )
    with pytest.raises(PlacementError, match=r"gap around 'block\d'.*Remedies: larger rects_m"):
        instantiate(spec, 0)


def test_out_of_reach_is_said() -> None:
    spec = spec_with(objects=[BLOCK], placements=[PLACED], goal=NEVER, reach_radius_m=[2.0, 3.0])
    with pytest.raises(PlacementError, match="reach of 'block0'"):
        instantiate(spec, 0)


def test_expressions_reach_every_field() -> None:
    spec = spec_with(
        variations=[
            {"name": "names", "kind": "deal", "values": ["block0", "block1"]},
            {"name": "color", "kind": "color", "values": ["red"]},
            {"name": "type", "kind": "choice", "values": ["box"]},
            {"name": "long", "kind": "choice", "values": [0.07]},
        ],
        objects=[
            {"name": "$names[0]", "type": "$type", "color": "$color", "params": {"length_m": "$long"}},
            {"name": "$names[1]", "type": "$type"},
        ],
        placements=[{"objects": ["$names"], "rects_m": [[0, 0, 0.4, 0.4]]}],
        goal={"paper": [{"name": "held", "params": {"object": "$names[0]"}}], "movable": ["$names"]},
        instructions=["Hold the {{ color }} one."],
    )
    instance = instantiate(spec, 3)
    first = instance.parameters["names"][0]
    chosen = next(item for item in instance.objects if item.name == first)
    assert (chosen.color, chosen.params) == ("red", {"length_m": 0.07})
    assert [item.name for item in instance.objects] == ["block0", "block1"]
    assert instance.goal.paper[0].params == {"object": first}
    assert set(instance.goal.movable) == {"block0", "block1"}


def test_the_layout_is_a_function_of_the_stream_alone() -> None:
    """Wordings and goals may be edited without moving an object."""
    spec = get_task("stack_blocks")
    edited = spec.model_copy(update={"instructions": ("Stack.",), "title": "Other"})
    assert instantiate(edited, 5).objects == instantiate(spec, 5).objects


@pytest.mark.parametrize("task", task_names())
def test_kept_parameters_are_asked_of_another_table(task: str) -> None:
    spec = get_task(task)
    first = instantiate(spec, 3)
    again = instantiate(spec, 1_000_007, first.parameters)
    assert again.parameters == first.parameters
    looks = [[(item.name, item.kind, item.color) for item in each.objects] for each in (first, again)]
    assert looks[0] == looks[1]
    assert [item.pose for item in again.objects] != [item.pose for item in first.objects]
    assert instantiate(spec, 1_000_007, first.parameters) == again


def test_parameters_of_another_task_are_refused() -> None:
    with pytest.raises(TaskError, match="the parameters are"):
        instantiate(get_task("close_jar"), 3, {"nonsense": 1})


def test_nothing_interpenetrates_at_reset(instances: list[TaskInstance]) -> None:
    """Of any two bodies, the one that stands higher, lifted by 1 mm, is clear of the other."""
    for instance in instances[:8]:
        bodies = sorted(scene_of(instance).bodies, key=lambda b: b.pose.position_m[2] - b.size_m[2] / 2)
        for lower, upper in combinations(bodies, 2):
            x, y, z = upper.pose.position_m
            parts = [p for p in upper.parts if p.collides]
            raised = [solid_of(p, (x, y, z + 0.001), upper.pose.quat_wxyz) for p in parts]
            below = [
                solid_of(p, lower.pose.position_m, lower.pose.quat_wxyz) for p in lower.parts if p.collides
            ]
            for a, b in product(raised, below):
                if np.linalg.norm(a.position - b.position) <= a.radius + b.radius:
                    assert distance_m(a, b) > 0, f"seed {instance.seed}: {upper.name} is in {lower.name}"
