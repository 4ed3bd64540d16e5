"""The verdict: conjunctions, the standard checks, and worlds that cannot be judged."""

from __future__ import annotations

import pytest

from blazer.core.records import Decision, Pose, WorldState
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.tasks.instantiate import instantiate
from blazer.tasks.judge import STANDARD, judge
from blazer.tasks.library import get_task
from blazer.tasks.spec import TaskInstance
from tests.tasks.builders import GRIPPER, world_of


@pytest.fixture(scope="module")
def instance() -> TaskInstance:
    return instantiate(get_task("put_block"), 0)


def on_target(instance: TaskInstance, dx: float = 0.0) -> Pose:
    target = next(item for item in instance.objects if item.name == "target0")
    x, y, _ = target.pose.position_m
    return Pose(position_m=(x + dx, y, TABLE_TOP_Z_M + 0.028))


def test_done(instance: TaskInstance) -> None:
    verdict = judge(instance, world_of(instance), world_of(instance, block0=on_target(instance)))
    assert (verdict.paper, verdict.strict) == (Decision.PASS, Decision.PASS)
    assert [item.name for item in verdict.checks] == [item.name for item in instance.goal.paper]
    assert [item.name for item in verdict.strict_checks][-len(STANDARD) :] == [s.name for s in STANDARD]


def test_not_done(instance: TaskInstance) -> None:
    verdict = judge(instance, world_of(instance), world_of(instance))
    assert (verdict.paper, verdict.strict) == (Decision.FAIL, Decision.FAIL)
    assert verdict.checks[0].measured["distance_m"] > 0.05


def test_paper_without_strict(instance: TaskInstance) -> None:
    """At the edge of the square the cube still reaches the centre's sensor, but is not on the target."""
    verdict = judge(instance, world_of(instance), world_of(instance, block0=on_target(instance, dx=0.03)))
    assert (verdict.paper, verdict.strict) == (Decision.PASS, Decision.FAIL)


def test_still_held_is_not_strict(instance: TaskInstance) -> None:
    final = world_of(instance, block0=on_target(instance))
    final = final.model_copy(update={"gripper": GRIPPER.model_copy(update={"holding": "block0"})})
    verdict = judge(instance, world_of(instance), final)
    assert (verdict.paper, verdict.strict) == (Decision.PASS, Decision.FAIL)
    assert [item.name for item in verdict.strict_checks if not item.passed] == ["nothing_grasped"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("position_m", (float("nan"), 0.0, 0.8)),
        ("position_m", (0.0, float("inf"), 0.8)),
        ("linear_velocity_m_s", (0.0, 0.0, float("nan"))),
        ("joint_position", float("nan")),
        ("quat_wxyz", (0.0, 0.0, 0.0, 0.0)),
    ],
)
def test_a_broken_world_gets_no_decision(instance: TaskInstance, field: str, value: object) -> None:
    good = world_of(instance)
    broken = good.objects[0].model_copy(update={field: value})  # copies are not validated: on purpose
    bad = good.model_copy(update={"objects": (broken, *good.objects[1:])})
    for initial, final in ((good, bad), (bad, good)):
        verdict = judge(instance, initial, final)
        assert (verdict.paper, verdict.strict) == (Decision.NONE, Decision.NONE)
        assert broken.name in verdict.reason
        assert verdict.checks == ()


def test_a_missing_object_gets_no_decision(instance: TaskInstance) -> None:
    good = world_of(instance)
    less = WorldState(time_s=0, objects=good.objects[1:], gripper=good.gripper)
    verdict = judge(instance, good, less)
    assert verdict.paper is Decision.NONE
    assert good.objects[0].name in verdict.reason
