"""Holds are earned, and can be lost."""

from __future__ import annotations

import math

import numpy as np
import pytest

from blazer.core.records import Vec3
from blazer.sim import samples
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.mujoco.backend import MujocoSimulator
from blazer.sim.probe import path, solve
from blazer.sim.protocol import GraspResult, MotionResult
from blazer.sim.scene import Body, Part

Z = TABLE_TOP_Z_M
AT = (0.3, 0.1)


def _go(sim: MujocoSimulator, target: Vec3, yaw: float = 0.0, **options: bool) -> MotionResult:
    start = sim.joint_positions_rad()
    return sim.follow(path(start, solve(target, yaw, start), 300), **options)


def _grip(sim: MujocoSimulator, height_m: float, yaw: float = 0.0) -> GraspResult:
    sim.settle()
    assert _go(sim, (*AT, Z + 0.15), yaw).completed
    assert _go(sim, (*AT, Z + height_m), yaw).completed
    return sim.move_gripper_fingers("close")


def _body(shape: str, size: Vec3, **options: float) -> Body:
    return Body(
        name="thing",
        kind="thing",
        parts=(Part(shape=shape, size_m=size, rgba=samples.RED),),  # type: ignore[arg-type]
        size_m=size,
        pose=samples.pose(*AT, Z + size[2] / 2),
        **options,
    )


@pytest.mark.parametrize(
    ("shape", "size"),
    [
        ("box", (0.05, 0.05, 0.05)),
        ("box", (0.03, 0.075, 0.02)),
        ("box", (0.1, 0.004, 0.03)),
        ("cylinder", (0.06, 0.06, 0.08)),
        ("cylinder", (0.028, 0.028, 0.02)),
        ("sphere", (0.06, 0.06, 0.06)),
        ("ellipsoid", (0.08, 0.05, 0.06)),
    ],
)
@pytest.mark.parametrize("mass_kg", [0.02, 0.3])
def test_shapes_of_all_kinds_are_lifted(sim: MujocoSimulator, shape: str, size: Vec3, mass_kg: float) -> None:
    sim.load(samples.scene(_body(shape, size, mass_kg=mass_kg)))
    result = _grip(sim, max(size[2] / 2, 0.006))
    assert result.held == "thing", result
    assert result.opening_m == pytest.approx(size[1], abs=0.004)
    assert _go(sim, (*AT, Z + 0.25)).lost_object is None
    assert sim.state().object("thing").position_m[2] > Z + 0.2


def test_a_ring_on_the_table_is_gripped_by_its_bar(sim: MujocoSimulator) -> None:
    """The fingertips are 3 mm beyond the tcp, so 1 cm thick things can be gripped at their centre."""
    sim.load(samples.scene(samples.ring("ring0", samples.pose(*AT, Z + 0.005))))
    assert _grip(sim, 0.005).held == "ring0"
    assert _go(sim, (*AT, Z + 0.2)).completed


def test_the_palm_clears_what_rises_45_mm_above_the_tcp(sim: MujocoSimulator) -> None:
    sim.load(samples.scene(_body("box", (0.03, 0.03, 0.065))))
    assert _grip(sim, 0.02).held == "thing"


def test_fingers_off_centre_pull_the_object_between_them(sim: MujocoSimulator) -> None:
    sim.load(samples.scene(samples.box("block0", samples.pose(AT[0], AT[1] + 0.008, Z + 0.025))))
    assert _grip(sim, 0.025).held == "block0"
    assert sim.state().objects[0].position_m[1] == pytest.approx(AT[1], abs=2e-3)


def test_fingers_across_a_corner_still_need_both_pads(sim: MujocoSimulator) -> None:
    sim.load(samples.scene(samples.box("block0", samples.pose(*AT, Z + 0.025, 0.3))))
    result = _grip(sim, 0.025)
    assert result.held in {"block0", None}
    assert (result.held is None) == bool(result.reason)


def test_closing_twice_and_opening_twice_changes_nothing(sim: MujocoSimulator) -> None:
    sim.load(samples.scene(samples.box("block0", samples.pose(*AT, Z + 0.025))))
    first = _grip(sim, 0.025)
    again = sim.move_gripper_fingers("close")
    assert (first.held, again.held) == ("block0", "block0")
    assert sim.move_gripper_fingers("open").held is None
    assert sim.move_gripper_fingers("open").opening_m == pytest.approx(0.08, abs=1e-3)


def test_an_object_dragged_into_a_wall_is_lost(sim: MujocoSimulator) -> None:
    wall = samples.box("wall", samples.pose(0.3, -0.1, Z + 0.15), (0.4, 0.02, 0.3), fixed=True)
    long = samples.box("long", samples.pose(*AT, Z + 0.01), (0.03, 0.04, 0.02))
    sim.load(samples.scene(wall, long))
    assert _grip(sim, 0.01).held == "long"
    _go(sim, (*AT, Z + 0.35))
    assert _go(sim, (0.3, -0.1, Z + 0.311), stop_on_contact=False).lost_object is None
    pressed = _go(sim, (0.3, -0.1, Z + 0.29), stop_on_contact=False)
    assert pressed.lost_object == "long"
    assert sim.state().gripper.holding is None


def test_pulling_a_screwed_cap_straight_off_loses_it(sim: MujocoSimulator) -> None:
    sim.load(samples.bottle())
    sim.settle()
    allow = frozenset({"cap0", "bottle0"})
    height = sim.state().object("cap0").position_m[2]
    for target in ((0.25, 0.0, height + 0.08), (0.25, 0.0, height)):
        start = sim.joint_positions_rad()
        sim.follow(path(start, solve(target, 0.0, start), 300), allow=allow)
    assert sim.move_gripper_fingers("close").held == "cap0"
    start = sim.joint_positions_rad()
    up = sim.follow(path(start, solve((0.25, 0.0, height + 0.1), 0.0, start), 400), allow=allow)
    assert up.lost_object == "cap0"
    sim.settle()
    cap = sim.state().object("cap0")
    assert cap.attached_to == "bottle0"
    assert cap.position_m[2] == pytest.approx(height, abs=2e-3)


def test_screwing_beyond_the_stop_does_not_turn_the_cap(sim: MujocoSimulator) -> None:
    sim.load(samples.bottle())
    sim.settle()
    allow = frozenset({"cap0", "bottle0"})
    height = sim.state().object("cap0").position_m[2]
    for target in ((0.25, 0.0, height + 0.08), (0.25, 0.0, height)):
        start = sim.joint_positions_rad()
        sim.follow(path(start, solve(target, 0.0, start), 300), allow=allow)
    assert sim.move_gripper_fingers("close").held == "cap0"
    start = sim.joint_positions_rad()
    sim.follow(path(start, solve((0.25, 0.0, height), -math.pi / 4, start), 400), allow=allow)
    turned = sim.state().object("cap0").joint_position
    assert turned is not None
    assert turned > -0.1


def test_the_gripper_s_words_match_what_happened(sim: MujocoSimulator) -> None:
    sim.load(samples.scene(samples.box("block0", samples.pose(0.5, -0.3, Z + 0.025))))
    result = sim.move_gripper_fingers("close")
    assert result.reason == "closed on nothing"
    assert np.isclose(result.opening_m, 0.0, atol=1e-3)
    assert sim.state().gripper.opening_m == pytest.approx(result.opening_m)
