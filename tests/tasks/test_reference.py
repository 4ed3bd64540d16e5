"""Reference programs in the simulator, and what becomes of programs that do something else.

Programs run in this process here, against the skill runtime: isolation is tested elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from blazer.core.errors import SkillError
from blazer.core.records import Decision, Verdict
from blazer.sim.backends import create_simulator
from blazer.sim.protocol import Simulator
from blazer.skills import errors
from blazer.skills.api import SKILL_ERRORS, SKILLS, ResultType, Skill
from blazer.skills.runtime import SkillRuntime
from blazer.tasks.instantiate import instantiate, scene_of
from blazer.tasks.judge import judge
from blazer.tasks.library import get_task, parse_task, reference_program, task_names
from blazer.tasks.spec import TaskInstance


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    sim = create_simulator("mujoco")
    yield sim
    sim.close()


def wrapped(value: Any, kind: ResultType) -> Any:
    if kind is ResultType.OBJECTS:
        return [SimpleNamespace(**item) for item in value]
    return SimpleNamespace(**value) if kind in (ResultType.OBJECT, ResultType.GRIPPER) else value


def run(simulator: Simulator, instance: TaskInstance, program: str) -> Verdict:
    """The verdict on a program; it may end in a skill error."""
    scene = scene_of(instance)
    simulator.load(scene)
    simulator.settle(2.0)
    initial = simulator.state()
    runtime = SkillRuntime(simulator, scene, instance.seed)

    def bound(skill: Skill) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            named = dict(zip([param.name for param in skill.params], args, strict=False))
            return wrapped(runtime.call(skill.name, {**named, **kwargs}), skill.returns)

        return call

    scope: dict[str, Any] = {skill.name: bound(skill) for skill in SKILLS} | {
        name: getattr(errors, name, SkillError) for name in SKILL_ERRORS
    }
    with suppress(SkillError):
        exec(compile(program, "program", "exec"), scope)
    simulator.settle(2.0)
    return judge(instance, initial, simulator.state(), scene)


@pytest.mark.parametrize("name", task_names())
@pytest.mark.parametrize("seed", [1000, 1001])
def test_reference_succeeds(simulator: Simulator, name: str, seed: int) -> None:
    instance = instantiate(get_task(name), seed)
    verdict = run(simulator, instance, reference_program(instance))
    failed = [item for item in (*verdict.checks, *verdict.strict_checks) if not item.passed]
    assert (verdict.paper, verdict.strict) == (Decision.PASS, Decision.PASS), failed


@pytest.mark.parametrize("name", task_names())
def test_doing_nothing_fails(simulator: Simulator, name: str) -> None:
    assert run(simulator, instantiate(get_task(name), 1), "").paper is Decision.FAIL


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("close_jar", "target_color", "other_color"),
        ("empty_container", "target_color", "other_color"),
        ("stack_blocks", "target_color", "other_color"),
        ("insert_onto_square_peg", "target_color", "second_color"),
        ("cup_on_colored_object", "target_color", "second_color"),
    ],
)
def test_the_other_colour_fails(simulator: Simulator, name: str, right: str, wrong: str) -> None:
    instance = instantiate(get_task(name), 2)
    swapped = instance.model_copy(
        update={"parameters": instance.parameters | {right: instance.parameters[wrong]}}
    )
    assert run(simulator, instance, reference_program(swapped)).paper is Decision.FAIL


@pytest.mark.parametrize(
    ("name", "parameter", "values"),
    [
        ("block_in_side_basket", "side", ["left", "right"]),
        ("fruit_in_bowl", "place", ["leftmost", "rightmost"]),
        ("meat_off_grill", "target_meat", ["chicken", "steak"]),
    ],
)
def test_the_other_choice_fails(simulator: Simulator, name: str, parameter: str, values: list[str]) -> None:
    instance = instantiate(get_task(name), 2)
    other = next(value for value in values if value != instance.parameters[parameter])
    swapped = instance.model_copy(update={"parameters": instance.parameters | {parameter: other}})
    assert run(simulator, instance, reference_program(swapped)).paper is Decision.FAIL


def test_the_cap_stays_on_before_150_degrees(simulator: Simulator) -> None:
    instance = instantiate(get_task("open_wine_bottle"), 1)
    program = reference_program(instance)
    short = program.replace("radians(160)", "radians(140)").replace("radians(80)", "radians(70)")
    assert short.count("radians(140)") == 1
    assert run(simulator, instance, short).paper is Decision.FAIL


def test_one_block_too_few_fails(simulator: Simulator) -> None:
    seed = next(s for s in range(20) if instantiate(get_task("stack_blocks"), s).parameters["count"] == 3)
    instance = instantiate(get_task("stack_blocks"), seed)
    fewer = instance.model_copy(update={"parameters": instance.parameters | {"count": 2}})
    assert run(simulator, instance, reference_program(fewer)).paper is Decision.FAIL


def test_knocking_something_over_is_paper_but_not_strict(simulator: Simulator) -> None:
    instance = instantiate(get_task("jar_in_bin"), 3)
    program = reference_program(instance) + (
        "\ncup = get_objects(kind='cup')[0]\n"
        "pick(cup.name)\n"
        "x, y, z = cup.position\n"
        "place_at((x - 0.04, y, z + 0.01))\n"
    )
    verdict = run(simulator, instance, program)
    assert (verdict.paper, verdict.strict) == (Decision.PASS, Decision.FAIL)
    assert [item.name for item in verdict.strict_checks if not item.passed] == ["undisturbed"]


NEW_TASK = {
    "name": "plum_on_stand",
    "title": "Plum on Stand",
    "description": "A plum and two stands; the plum goes onto the one of the named colour.",
    "pool": "proposed",
    "variations": [
        {"name": "stands", "kind": "deal", "values": ["stand0", "stand1"]},
        {"name": "color", "kind": "color"},
        {"name": "other", "kind": "color", "differs_from": ["color"]},
    ],
    "objects": [
        {"name": "$stands[0]", "type": "stand", "color": "$color"},
        {"name": "$stands[1]", "type": "stand", "color": "$other"},
        {"name": "plum0", "type": "plum"},
    ],
    "placements": [
        {"objects": ["$stands"], "rects_m": [[0, 0, 0.3, 0.4]], "gap_m": 0.05},
        {"objects": ["plum0"], "rects_m": [[0, 0, 0.3, 0.4]], "gap_m": 0.05},
    ],
    "instructions": ["Put the plum on the {{ color }} stand."],
    "goal": {
        "paper": [{"name": "on_top", "params": {"object": "plum0", "support": "$stands[0]"}}],
        "movable": ["plum0"],
    },
}


def test_a_new_task_needs_no_python(simulator: Simulator) -> None:
    instance = instantiate(parse_task(json.dumps(NEW_TASK), "here"), 4)
    program = "stand = get_objects(kind='stand', color={!r})[0]\npick('plum0')\nplace_on(stand.name)"
    assert run(simulator, instance, program.format(instance.parameters["color"])).strict is Decision.PASS
    assert run(simulator, instance, program.format(instance.parameters["other"])).paper is Decision.FAIL
