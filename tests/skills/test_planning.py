"""What is planned is free, keeps the limits, ends where it should, and is the same again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from blazer.core.geometry import wrap_angle
from blazer.sim.protocol import Simulator
from blazer.sim.scene import Scene
from blazer.skills.arm import Arm
from blazer.skills.clearance import Clearance, End
from blazer.skills.planning import Blocked, Motion, Planner
from tests.skills.poses import Z, box, scene, wall

Array = NDArray[np.float64]
NOTHING: frozenset[str] = frozenset()


class Desk:
    """A loaded simulator with its planner."""

    def __init__(self, sim: Simulator, loaded: Scene, seed: int = 0) -> None:
        sim.load(loaded)
        self.sim, self.arm = sim, Arm(sim.robot())
        self.planner = Planner(sim, self.arm, seed)

    def plan(
        self, start: Array, point: tuple[float, float, float], yaw: float = 0.0, name: str = "1"
    ) -> Motion | Blocked:
        """From a configuration to a pose, either branch of the yaw."""
        yaws = [yaw, wrap_angle(yaw + math.pi)]
        candidates = self.arm.candidates(np.array(point), yaws, start)
        return self.planner.to_pose(start, candidates, Clearance(self.sim, NOTHING, None), name)

    def at(self, point: tuple[float, float, float], yaw: float = 0.0) -> Array:
        """A configuration at a pose."""
        chosen: Array = self.arm.candidates(np.array(point), [yaw], self.sim.robot().home_rad)[0]
        return chosen


def moved(motion: Motion | Blocked) -> Motion:
    """The motion, or what is in its way."""
    assert isinstance(motion, Motion), motion
    return motion


def test_free_moves_are_straight_lines_within_the_published_limits(sim: Simulator) -> None:
    desk = Desk(sim, scene())
    start, goal = desk.at((0.35, 0.2, Z + 0.3)), (0.3, -0.2, Z + 0.05)
    motion = moved(desk.plan(start, goal, 0.7))
    assert motion.shape == "line"
    robot = sim.robot()
    path = np.vstack([start, motion.trajectory_rad])
    velocity = np.diff(path, axis=0) / sim.timestep_s
    rest = np.zeros((1, 7))
    acceleration = np.diff(np.vstack([rest, velocity, rest]), axis=0) / sim.timestep_s
    assert (np.abs(velocity) <= robot.velocity_rad_s).all()
    assert (np.abs(acceleration) <= robot.acceleration_rad_s2).all()
    assert ((path >= robot.lower_rad) & (path <= robot.upper_rad)).all()
    position, yaw = desk.arm.tcp(path[-1])
    np.testing.assert_allclose(position, goal, atol=1e-9)
    assert abs(math.sin(yaw - 0.7)) < 1e-9
    ends = np.array([desk.arm.tcp(q)[0] for q in path])
    along = (ends - ends[0]) @ (ends[-1] - ends[0]) / np.sum((ends[-1] - ends[0]) ** 2)
    np.testing.assert_allclose(ends, ends[0] + along[:, None] * (ends[-1] - ends[0]), atol=1e-4)


@pytest.mark.parametrize("height_m", [0.10, 0.20, 0.28])
def test_a_wall_is_got_around_without_touching(sim: Simulator, height_m: float) -> None:
    desk = Desk(sim, scene(wall(height_m=height_m)))
    start = desk.at((0.25, -0.2, Z + 0.05))
    motion = moved(desk.plan(start, (0.25, 0.12, Z + 0.05)))
    assert motion.shape != "line"
    assert sim.first_collision(motion.trajectory_rad) is None
    np.testing.assert_allclose(desk.arm.tcp(motion.trajectory_rad[-1])[0], (0.25, 0.12, Z + 0.05), atol=1e-9)


def search(desk: Desk, name: str) -> Motion | None:
    """Around a low wall by search alone."""
    start = desk.at((0.25, -0.22, Z + 0.05))
    clearance = Clearance(desk.sim, NOTHING, None)
    candidates = desk.arm.candidates(np.array([0.25, 0.12, Z + 0.05]), [0.0], start)
    goals = [end for end in desk.planner.goals(candidates, clearance) if isinstance(end, End)]
    return desk.planner._search(clearance.start(start), goals, clearance, name)


def test_searches_are_free_all_along_and_keep_the_limits(sim: Simulator) -> None:
    sim.load(scene())
    robot = sim.robot()
    for seed in range(8):
        motion = search(Desk(sim, scene(wall(height_m=0.15)), seed), "this")
        assert motion is not None
        assert sim.first_collision(motion.trajectory_rad) is None
        velocity = np.diff(motion.trajectory_rad, axis=0) / sim.timestep_s
        assert (np.abs(velocity) <= robot.velocity_rad_s).all()
        assert (np.abs(np.diff(velocity, axis=0)) / sim.timestep_s <= robot.acceleration_rad_s2).all()
        np.testing.assert_allclose(desk_tcp(sim, motion), (0.25, 0.12, Z + 0.05), atol=1e-9)


def desk_tcp(sim: Simulator, motion: Motion) -> Array:
    """Where a motion ends."""
    return Arm(sim.robot()).tcp(motion.trajectory_rad[-1])[0]


def test_the_same_seed_and_name_give_the_same_bytes_whatever_was_searched_before(sim: Simulator) -> None:
    found = []
    for before in (0, 3):
        desk = Desk(sim, scene(wall(height_m=0.15)), seed=11)
        for i in range(before):
            search(desk, f"other{i}")
        motion = search(desk, "this")
        assert motion is not None
        found.append(motion.trajectory_rad.tobytes())
    assert found[0] == found[1]


def test_a_target_in_something_is_blocked_there_with_the_body_named(sim: Simulator) -> None:
    desk = Desk(sim, scene(box("block0", 0.3, 0.1, (0.05, 0.05, 0.2))))
    blocked = desk.plan(sim.robot().home_rad, (0.33, 0.1, Z + 0.1))
    assert isinstance(blocked, Blocked)
    assert blocked.at_goal
    assert "block0" in blocked.contact[:2]


def test_open_fingers_may_straddle_an_object(sim: Simulator) -> None:
    desk = Desk(sim, scene(box("block0", 0.3, 0.1, (0.05, 0.072, 0.05), yaw=0.5)))
    start = desk.at((0.3, 0.1, Z + 0.125), 0.5)
    motion = moved(desk.plan(start, (0.3, 0.1, Z + 0.025), 0.5))
    assert motion.shape == "line"
    assert sim.first_collision(motion.trajectory_rad) is None


def test_a_start_that_touches_can_be_left(sim: Simulator) -> None:
    desk = Desk(sim, scene(box("block0", 0.3, 0.1, (0.05, 0.0795, 0.05), fixed=True)))
    touching = desk.at((0.3, 0.1008, Z + 0.025))
    assert sim.first_collision(touching[None]) is not None
    motion = moved(desk.plan(touching, (0.3, 0.1, Z + 0.2)))
    assert motion.tolerated == {"block0"}
    assert sim.first_collision(motion.trajectory_rad[-200:]) is None
