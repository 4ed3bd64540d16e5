"""Skills in the simulator: what they do, what they say, what they refuse."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import numpy as np
import pytest

from blazer.core.errors import SkillError
from blazer.core.geometry import wrap_angle
from blazer.sim import samples
from blazer.sim.protocol import Simulator
from blazer.skills.api import GRIPPER_FIELDS, OBJECT_FIELDS, SKILLS
from blazer.skills.arm import UP
from blazer.skills.errors import (
    GraspMissed,
    PathBlocked,
    SkillBudgetExceeded,
    SkillMisuse,
    UnexpectedContact,
    Unreachable,
)
from blazer.skills.runtime import SkillRuntime
from tests.skills.conftest import Start
from tests.skills.poses import Z, box, scene, wall


def objects() -> Any:
    """Two blocks, a wall between them, and a piece nobody is told of."""
    return scene(
        box("block0", 0.30, 0.15, yaw=0.4),
        box("block1", 0.25, -0.22, yaw=1.2, color="blue"),
        wall(),
        box("marker0", 0.45, 0.35, (0.05, 0.05, 0.002), fixed=True, listed=False, kind="marker"),
    )


def position(runtime: SkillRuntime, name: str) -> np.ndarray[Any, Any]:
    """Centre of an object."""
    return np.array(runtime.call("get_object", {"name": name})["position"])


# -- queries -------------------------------------------------------------------------------------


def test_every_declared_skill_is_served(start: Start) -> None:
    runtime = start(objects())
    assert set(runtime._skills) == {skill.name for skill in SKILLS}


def test_objects_are_plain_json_of_the_declared_fields(start: Start) -> None:
    runtime = start(objects())
    found = runtime.call("get_objects", {})
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert [list(item) for item in found] == [list(OBJECT_FIELDS)] * 3
    assert [item["name"] for item in found] == ["block0", "block1", "wall0"]
    assert found[0] == runtime.call("get_object", {"name": "block0"})
    np.testing.assert_allclose(found[0]["position"], (0.30, 0.15, Z + 0.025), atol=1e-3)
    assert abs(found[0]["yaw"] - 0.4) < 1e-3
    assert (found[0]["length"], found[0]["width"], found[0]["height"]) == (0.05, 0.05, 0.05)


def test_filters_ignore_case_and_combine(start: Start) -> None:
    runtime = start(objects())

    def names(**given: str) -> list[str]:
        return [item["name"] for item in runtime.call("get_objects", given)]

    assert names(kind="Block") == ["block0", "block1"]
    assert names(color="BLUE ") == ["block1"]
    assert names(kind="block", color="red") == ["block0"]
    assert names(kind="jar") == []


def test_unlisted_bodies_do_not_exist_for_programs(start: Start) -> None:
    with pytest.raises(SkillMisuse, match=r"no object 'marker0'.*block0, block1, wall0"):
        start(objects()).call("get_object", {"name": "marker0"})


def test_questions_take_no_time_and_change_nothing(start: Start, sim: Simulator) -> None:
    runtime = start(objects())
    before = sim.digest()
    runtime.call("get_objects", {})
    runtime.call("gripper_pose", {})
    assert runtime.call("is_reachable", {"position": [0.3, 0.1, 0.9]}) is True
    assert runtime.call("is_reachable", {"position": [0.9, 0.1, 0.9], "yaw": 0.3}) is False
    assert runtime.call("is_collision_free", {"position": [0.3, 0.1, 0.9]}) is True
    assert runtime.call("is_collision_free", {"position": [0.25, -0.05, 0.85]}) is False
    assert runtime.call("is_collision_free", {"position": [2.0, 0.0, 0.9]}) is False
    assert sim.digest() == before
    assert sim.steps() == 0


# -- moving and yaw ------------------------------------------------------------------------------


@pytest.mark.parametrize("yaw", [-3.0, -1.6, -0.2, 0.0, 0.9, 1.7, 3.1])
def test_the_gripper_goes_where_it_is_told_and_reports_the_yaw_asked_for(
    start: Start, sim: Simulator, yaw: float
) -> None:
    runtime = start(objects())
    runtime.call("move_gripper", {"position": [0.35, 0.2, 0.9], "yaw": yaw})
    pose = runtime.call("gripper_pose", {})
    assert list(pose) == list(GRIPPER_FIELDS)
    np.testing.assert_allclose(pose["position"], (0.35, 0.2, 0.9), atol=1e-3)
    assert abs(wrap_angle(pose["yaw"] - yaw)) < 1e-3
    assert abs(math.sin(sim.state().gripper.yaw_rad - yaw)) < 2e-3


def test_a_yaw_left_out_is_kept(start: Start) -> None:
    runtime = start(objects())
    runtime.call("move_gripper", {"position": [0.35, 0.2, 0.9], "yaw": 2.5})
    runtime.call("move_gripper", {"position": [0.30, 0.1, 0.95]})
    assert abs(wrap_angle(runtime.call("gripper_pose", {})["yaw"] - 2.5)) < 1e-3


@pytest.mark.parametrize("turn", [1.4, -1.4, 2.9])
def test_what_is_held_turns_as_asked_not_by_half_a_turn_less(start: Start, turn: float) -> None:
    runtime = start(scene(box("block0", 0.30, 0.1, (0.10, 0.03, 0.03), yaw=0.3)))
    runtime.call("pick", {"name": "block0"})
    before = runtime.call("get_object", {"name": "block0"})["yaw"]
    asked = runtime.call("gripper_pose", {})["yaw"] + turn
    runtime.call("move_gripper", {"position": [0.30, 0.1, Z + 0.15], "yaw": asked})
    after = runtime.call("get_object", {"name": "block0"})["yaw"]
    assert abs(wrap_angle(after - before - turn)) < 0.02


def test_rotate_turns_literally_and_back(start: Start, sim: Simulator) -> None:
    runtime = start(objects())
    runtime.call("move_gripper", {"position": [0.3, 0.2, 1.0], "yaw": 0.0})
    before = runtime.call("gripper_pose", {})
    yaw = sim.state().gripper.yaw_rad
    runtime.call("rotate_gripper", {"angle": 1.2})
    assert abs(wrap_angle(sim.state().gripper.yaw_rad - yaw - 1.2)) < 2e-3
    assert abs(wrap_angle(runtime.call("gripper_pose", {})["yaw"] - before["yaw"] - 1.2)) < 2e-3
    runtime.call("rotate_gripper", {"angle": -1.2})
    after = runtime.call("gripper_pose", {})
    np.testing.assert_allclose(after["position"], before["position"], atol=1e-3)
    assert abs(wrap_angle(after["yaw"] - before["yaw"])) < 2e-3


def test_a_turn_too_far_names_the_largest_that_is_possible(start: Start) -> None:
    runtime = start(objects())
    runtime.call("move_gripper", {"position": [0.3, 0.2, 1.0], "yaw": 0.0})
    with pytest.raises(Unreachable, match=r"rotate_gripper: the wrist cannot turn by 9\.000 rad") as caught:
        runtime.call("rotate_gripper", {"angle": 9.0})
    largest = caught.value.details["largest_rad"]
    assert isinstance(largest, float)
    assert 2.0 < largest < 6.0
    assert f"at most {largest:.3f} rad" in str(caught.value)
    runtime.call("rotate_gripper", {"angle": largest})


@pytest.mark.parametrize("angle", [1e6, -1e6, 40.0, 1e-12])
def test_absurd_turns_are_answered_at_once(start: Start, angle: float) -> None:
    runtime = start(objects())
    if abs(angle) < 1.0:
        assert runtime.call("rotate_gripper", {"angle": angle}) is None
        return
    with pytest.raises(Unreachable, match=r"the wrist cannot turn by .* at most"):
        runtime.call("rotate_gripper", {"angle": angle})


def test_absurd_yaws_mean_their_remainder(start: Start, sim: Simulator) -> None:
    runtime = start(objects())
    runtime.call("move_gripper", {"position": [0.3, 0.2, 1.0], "yaw": 1e6})
    assert abs(math.sin(sim.state().gripper.yaw_rad - 1e6)) < 2e-3


def test_a_move_to_where_the_gripper_is_does_nothing(start: Start) -> None:
    runtime = start(objects())
    pose = runtime.call("gripper_pose", {})
    for _ in range(3):
        runtime.call("move_gripper", {"position": pose["position"], "yaw": pose["yaw"]})
    np.testing.assert_allclose(runtime.call("gripper_pose", {})["position"], pose["position"], atol=1e-3)


# -- grasping and placing ------------------------------------------------------------------------


def test_primitives_pick_and_stack(start: Start, sim: Simulator) -> None:
    runtime = start(objects())
    block, below = runtime.call("get_object", {"name": "block0"}), position(runtime, "block1")
    x, y, z = block["position"]
    runtime.call("open_gripper", {})
    runtime.call("move_gripper", {"position": [x, y, z + 0.1], "yaw": block["yaw"]})
    runtime.call("move_gripper", {"position": [x, y, z], "yaw": block["yaw"]})
    assert runtime.call("close_gripper", {}) == "block0"
    assert runtime.call("gripper_pose", {})["holding"] == "block0"
    runtime.call("move_gripper", {"position": [x, y, z + 0.2]})
    runtime.call("move_gripper", {"position": [below[0], below[1], below[2] + 0.15], "yaw": 1.2})
    runtime.call("move_gripper", {"position": [below[0], below[1], below[2] + 0.055], "yaw": 1.2})
    runtime.call("open_gripper", {})
    runtime.call("move_gripper", {"position": [below[0], below[1], below[2] + 0.2]})
    assert sim.settle()
    np.testing.assert_allclose(position(runtime, "block0"), below + 0.05 * UP, atol=4e-3)


def test_pick_and_place_on(start: Start, sim: Simulator) -> None:
    runtime = start(objects())
    assert runtime.call("pick", {"name": "block0"}) == "block0"
    assert position(runtime, "block0")[2] > Z + 0.1
    assert runtime.call("place_on", {"name": "block1"}) is None
    assert sim.settle()
    assert runtime.call("gripper_pose", {})["holding"] is None
    np.testing.assert_allclose(
        position(runtime, "block0"), position(runtime, "block1") + 0.05 * UP, atol=4e-3
    )


def test_place_at_puts_the_centre_of_what_is_held_there_though_held_high(
    start: Start, sim: Simulator
) -> None:
    tall = box("tower0", 0.35, 0.2, (0.04, 0.04, 0.22))
    runtime = start(scene(tall))
    runtime.call("pick", {"name": "tower0"})
    runtime.call("place_at", {"position": [0.2, -0.2, Z + 0.114], "yaw": 0.8})
    assert sim.settle()
    placed = runtime.call("get_object", {"name": "tower0"})
    np.testing.assert_allclose(placed["position"], (0.2, -0.2, Z + 0.11), atol=6e-3)
    assert abs(math.sin(2 * (placed["yaw"] - 0.8))) < 0.05


def test_place_in_lowers_into_a_hollow(start: Start, sim: Simulator) -> None:
    jar = samples.jar("jar0", samples.pose(0.25, -0.2, Z + 0.055))
    runtime = start(scene(box("block0", 0.3, 0.15, (0.03, 0.03, 0.03)), jar))
    runtime.call("pick", {"name": "block0"})
    runtime.call("place_in", {"name": "jar0"})
    assert sim.settle()
    inside = position(runtime, "block0") - position(runtime, "jar0")
    assert np.hypot(*inside[:2]) < 0.03
    assert inside[2] < 0.0


def test_pick_turns_to_the_side_that_fits(start: Start) -> None:
    runtime = start(scene(box("bar0", 0.3, 0.1, (0.03, 0.20, 0.03))))
    assert runtime.call("pick", {"name": "bar0"}) == "bar0"
    assert abs(math.cos(runtime.call("gripper_pose", {})["yaw"])) < 1e-3


def test_nothing_too_wide_is_grasped(start: Start) -> None:
    with pytest.raises(GraspMissed, match=r"'crate0' is 0.120 x 0.110 m and the fingers open 0.077 m"):
        start(scene(box("crate0", 0.3, 0.1, (0.12, 0.11, 0.05)))).call("pick", {"name": "crate0"})


def test_closing_on_nothing_says_where_the_nearest_object_is(start: Start) -> None:
    runtime = start(objects())
    runtime.call("move_gripper", {"position": [0.3, 0.15, 0.9]})
    with pytest.raises(
        GraspMissed, match=r"close_gripper: nothing is held.*nearest object is 'block0', centre at"
    ):
        runtime.call("close_gripper", {})
    runtime.call("open_gripper", {})
    assert runtime.call("close_gripper", {"require_grasp": False}) is None


@pytest.mark.parametrize("skill", ["place_at", "place_on", "place_in"])
def test_placing_nothing_is_misuse(start: Start, skill: str) -> None:
    arguments = {"position": [0.3, 0.1, 0.8]} if skill == "place_at" else {"name": "block1"}
    with pytest.raises(SkillMisuse, match=f"{skill}: nothing is held"):
        start(objects()).call(skill, arguments)


# -- mechanisms ----------------------------------------------------------------------------------


def test_a_bottle_is_opened_in_one_turn(start: Start, sim: Simulator) -> None:
    runtime = start(samples.bottle())
    cap = position(runtime, "cap0")
    runtime.call("move_gripper", {"position": [*cap[:2], cap[2] + 0.1], "yaw": 0.0})
    runtime.call("move_gripper", {"position": list(cap), "yaw": 0.0})
    assert runtime.call("close_gripper", {}) == "cap0"
    runtime.call("rotate_gripper", {"angle": 2.8})
    runtime.call("move_gripper", {"position": [*cap[:2], cap[2] + 0.15]})
    assert sim.state().object("cap0").attached_to is None
    assert position(runtime, "cap0")[2] > cap[2] + 0.12


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_half_a_turn_goes_the_way_it_was_asked_for(start: Start, sim: Simulator, sign: float) -> None:
    """Through `move_gripper`, as programs do that know no other way to unscrew."""
    runtime = start(samples.bottle())
    cap = position(runtime, "cap0")
    runtime.call("move_gripper", {"position": [*cap[:2], cap[2] + 0.1], "yaw": -sign * 1.5})
    runtime.call("move_gripper", {"position": list(cap), "yaw": -sign * 1.5})
    runtime.call("close_gripper", {})
    yaw = runtime.call("gripper_pose", {})["yaw"]
    try:
        runtime.call("move_gripper", {"position": list(cap), "yaw": yaw + sign * math.pi})
    except SkillError as error:
        # A cap cannot be screwed down further than it is; it was turned that way all the same.
        assert sign < 0, error
    freed = sim.state().object("cap0").attached_to is None
    assert freed == (sign > 0)


def test_a_bottle_is_opened_by_ratcheting(start: Start, sim: Simulator) -> None:
    runtime = start(samples.bottle())
    cap = position(runtime, "cap0")
    runtime.call("move_gripper", {"position": [*cap[:2], cap[2] + 0.1], "yaw": 0.0})
    runtime.call("move_gripper", {"position": list(cap), "yaw": 0.0})
    for _ in range(4):
        assert runtime.call("close_gripper", {}) == "cap0"
        runtime.call("rotate_gripper", {"angle": 1.0})
        runtime.call("open_gripper", {})
        runtime.call("rotate_gripper", {"angle": -1.0})
    assert sim.state().object("cap0").attached_to is None


# -- refusals ------------------------------------------------------------------------------------


def test_beyond_reach_says_how_far_and_what_is_possible(start: Start) -> None:
    runtime = start(objects())
    with pytest.raises(Unreachable) as caught:
        runtime.call("move_gripper", {"position": [0.9, 0.0, 0.85]})
    text = str(caught.value)
    found = re.search(
        r"target \(0.900, 0.000, 0.850\) is (\d\.\d+) m beyond reach; the furthest .* is \(([^)]*)\)", text
    )
    assert found, text
    possible = [float(v) for v in found[2].split(",")]
    assert abs(math.dist(possible, (0.9, 0.0, 0.85)) - float(found[1])) < 2e-3
    runtime.call("move_gripper", {"position": possible})


def test_too_near_and_too_high_are_told_apart(start: Start) -> None:
    runtime = start(objects())
    with pytest.raises(Unreachable, match="too close to the robot; the nearest on that line "):
        runtime.call("move_gripper", {"position": [-0.25, 0.0, 0.8]})
    with pytest.raises(Unreachable, match=r"m beyond reach; the furthest straight below it is \(0.3"):
        runtime.call("move_gripper", {"position": [0.3, 0.0, 5.0]})


@pytest.mark.parametrize("target", [(0.9, 0.0, 0.1), (5.0, 5.0, 5.0), (0.3, 0.0, 2.5), (1e6, -1e6, 1e6)])
def test_whatever_is_out_of_reach_the_text_names_a_pose_that_can_be_gone_to(
    start: Start, target: tuple[float, float, float]
) -> None:
    runtime = start(objects())
    with pytest.raises(Unreachable, match=r" m beyond reach; the furthest") as caught:
        runtime.call("move_gripper", {"position": target})
    text = str(caught.value)
    assert ("z 0.100 is below the table top 0.752" in text) == (target[2] == 0.1)
    offered = re.search(r" is \(([^)]*)\)", text.split("; ")[1])
    assert offered, text
    runtime.call("move_gripper", {"position": [float(v) for v in offered[1].split(",")]})


def test_a_blocked_target_names_the_body_and_a_free_height(start: Start) -> None:
    runtime = start(objects())
    with pytest.raises(PathBlocked, match=r"'wall0' at .*above that point it is free from z = ") as caught:
        runtime.call("move_gripper", {"position": [0.25, -0.05, 0.80], "yaw": math.pi / 2})
    assert caught.value.details["body"] == "wall0"
    height = float(str(caught.value).rsplit("z = ", 1)[1])
    runtime.call("move_gripper", {"position": [0.25, -0.05, height], "yaw": math.pi / 2})


def test_the_table_is_an_obstacle(start: Start) -> None:
    with pytest.raises(PathBlocked, match="'table'"):
        start(scene()).call("move_gripper", {"position": [0.35, 0.0, Z - 0.02]})


def test_contact_must_be_named_and_then_may_push(start: Start, sim: Simulator) -> None:
    runtime = start(scene(box("block0", 0.30, 0.0)))
    runtime.call("close_gripper", {"require_grasp": False})
    runtime.call("move_gripper", {"position": [0.30, -0.12, Z + 0.03], "yaw": 0.0})
    push = {"position": [0.30, 0.0, Z + 0.03], "yaw": 0.0}
    with pytest.raises(PathBlocked, match="'block0'"):
        runtime.call("move_gripper", push)
    runtime.call("move_gripper", {**push, "allow_contact_with": ["block0"]})
    assert position(runtime, "block0")[1] > 0.02


def test_what_nobody_foresaw_stops_the_arm(
    start: Start, sim: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = start(scene(wall()))
    runtime.call("move_gripper", {"position": [0.25, -0.25, Z + 0.1], "yaw": 0.0})
    monkeypatch.setattr(sim, "first_collision", lambda *args, **options: None)
    with pytest.raises(UnexpectedContact, match=r"hit 'wall0' at .*the gripper stopped at") as caught:
        runtime.call("move_gripper", {"position": [0.25, 0.15, Z + 0.1], "yaw": 0.0})
    assert caught.value.details["body"] == "wall0"


def test_held_objects_are_carried_around_obstacles(start: Start, sim: Simulator) -> None:
    runtime = start(scene(box("bar0", 0.30, 0.15, (0.03, 0.03, 0.12)), wall(height_m=0.15)))
    runtime.call("pick", {"name": "bar0"})
    runtime.call("place_at", {"position": [0.30, -0.2, Z + 0.063]})
    assert sim.settle()
    np.testing.assert_allclose(position(runtime, "bar0")[:2], (0.30, -0.2), atol=5e-3)


def test_a_held_object_may_be_set_down_a_little_too_low(start: Start) -> None:
    runtime = start(objects())
    runtime.call("pick", {"name": "block0"})
    runtime.call("place_at", {"position": [0.4, 0.1, Z + 0.0245]})
    runtime.call("pick", {"name": "block0"})
    with pytest.raises(PathBlocked, match="the held 'block0' would be in 'table'"):
        runtime.call("place_at", {"position": [0.4, 0.1, Z + 0.015]})


# -- budgets, reports, reproduction --------------------------------------------------------------


def test_budgets_end_the_episode(start: Start) -> None:
    runtime = start(objects(), max_calls=3)
    for _ in range(3):
        runtime.call("gripper_pose", {})
    with pytest.raises(SkillBudgetExceeded, match="gripper_pose: the episode's 3 skill calls are used up"):
        runtime.call("gripper_pose", {})
    runtime = start(objects(), max_simulated_s=1.0)
    with pytest.raises(SkillBudgetExceeded, match=r"1 s of simulated time"):
        for _ in range(10):
            runtime.call("move_gripper", {"position": [0.3, 0.2, 0.9]})
            runtime.call("move_gripper", {"position": [0.3, -0.2, 1.0]})


def test_fingers_use_up_the_budget_too(start: Start, sim: Simulator) -> None:
    runtime = start(objects(), max_simulated_s=3.0)
    with pytest.raises(SkillBudgetExceeded):
        for _ in range(50):
            runtime.call("close_gripper", {"require_grasp": False})
            runtime.call("open_gripper", {})
    assert sim.time_s() < 5.0


def test_reports_tell_time_and_planning_of_failures_too(start: Start) -> None:
    runtime = start(objects())
    assert runtime.last_report is None
    runtime.call("pick", {"name": "block0"})
    report = runtime.last_report
    assert report is not None
    assert (report.skill, report.start_s, report.motions_planned) == ("pick", 0.0, 3)
    assert report.plan_ms is not None
    assert 0 < report.plan_ms < report.wall_ms
    assert report.duration_s > 0.5
    with pytest.raises(Unreachable):
        runtime.call("move_gripper", {"position": [0.9, 0.0, 0.85]})
    report = runtime.last_report
    assert report is not None
    assert (report.skill, report.duration_s, report.motions_planned) == ("move_gripper", 0.0, 1)
    runtime.call("get_objects", {})
    assert runtime.last_report is not None
    assert runtime.last_report.plan_ms is None


def test_every_refusal_names_its_skill(start: Start) -> None:
    runtime = start(objects())
    for name, arguments in (
        ("pick", {"name": "blok0"}),
        ("move_gripper", {"position": [0.9, 0, 0.9]}),
        ("place_on", {"name": "block0"}),
        ("rotate_gripper", {"angle": 50.0}),
        ("jump", {}),
    ):
        with pytest.raises(SkillError) as caught:
            runtime.call(name, arguments)
        assert caught.value.skill == name
        assert caught.value.code == type(caught.value).__name__
        assert name in str(caught.value)


def test_the_same_calls_and_seed_give_the_same_world(start: Start, sim: Simulator) -> None:
    def play(seed: int) -> str:
        runtime = start(objects(), seed)
        for name in ("block0", "block1"):
            runtime.call("pick", {"name": name})
            runtime.call("place_at", {"position": [0.15, -0.25 if name == "block0" else 0.25, Z + 0.028]})
        sim.settle()
        return sim.digest()

    assert play(3) == play(3)
