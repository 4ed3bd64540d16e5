"""Forward and inverse kinematics agree with each other, with the published frames, with MuJoCo."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from blazer.core.geometry import wrap_angle, yaw_of_quat
from blazer.sim import panda as published
from blazer.sim.protocol import Simulator
from blazer.skills import panda
from tests.skills.poses import joint, pointing_down, scene

configurations = st.tuples(*(joint(i) for i in range(7)))


@given(configurations)
def test_forward_is_the_published_chain(q: tuple[float, ...]) -> None:
    position, rotation = panda.forward(q)
    frame = published.forward(np.array(q))[-1]
    np.testing.assert_allclose(
        position + published.robot_model().base_position_m, frame.position_m, atol=1e-12
    )
    np.testing.assert_allclose(rotation, frame.rotation, atol=1e-12)


def test_many_forwards_are_the_single_ones_with_their_derivatives() -> None:
    rng = np.random.default_rng(2)
    q = rng.uniform(published.LOWER_RAD, published.UPPER_RAD, (30, 7))
    positions, rotations, jacobians = panda.forward_many(q)
    for i in range(30):
        position, rotation = panda.forward(q[i])
        np.testing.assert_allclose(positions[i], position, atol=1e-12)
        np.testing.assert_allclose(rotations[i], rotation, atol=1e-12)
        np.testing.assert_allclose(jacobians[i], published.jacobian(q[i]), atol=1e-12)


def test_refining_reaches_the_poses_or_says_no() -> None:
    rng = np.random.default_rng(3)
    q = panda.inverse((0.5, 0.1, 0.2), 0.3, 0.5)
    near = q[np.isfinite(q).all(axis=1)][:1] + rng.normal(scale=0.1, size=(20, 7))
    refined = panda.refine(near, np.tile((0.5, 0.1, 0.2), (20, 1)), np.full(20, 0.3))
    assert refined is not None
    for one in refined:
        position, rotation = panda.forward(one)
        np.testing.assert_allclose(position, (0.5, 0.1, 0.2), atol=1e-8)
        np.testing.assert_allclose(rotation[:, 2], (0, 0, -1), atol=1e-8)
        assert abs(panda.yaw_of(rotation) - 0.3) < 1e-8
    assert panda.refine(near, np.tile((1.5, 0.1, 0.2), (20, 1)), np.full(20, 0.3)) is None


def test_forward_is_mujocos(sim: Simulator) -> None:
    sim.load(scene())
    rng = np.random.default_rng(0)
    robot = sim.robot()
    for q in rng.uniform(robot.lower_rad, robot.upper_rad, (200, 7)):
        position, rotation = panda.forward(q)
        pose = sim.tcp_pose(q)
        np.testing.assert_allclose(position + robot.base_position_m, pose.position_m, atol=1e-7)
        assert abs(wrap_angle(panda.yaw_of(rotation) - yaw_of_quat(pose.quat_wxyz))) < 1e-6


@given(
    st.tuples(st.floats(-0.9, 0.9), st.floats(-0.9, 0.9), st.floats(-0.2, 0.9)),
    st.floats(-math.pi, math.pi),
    joint(6),
)
def test_every_solution_reaches_the_pose(position: tuple[float, ...], yaw: float, q7: float) -> None:
    solutions = panda.inverse(position, yaw, q7)
    assert solutions.shape == (panda.BRANCHES, 7)
    for solution in solutions[np.isfinite(solutions).all(axis=1)]:
        reached, rotation = panda.forward(solution)
        np.testing.assert_allclose(reached, position, atol=1e-9)
        np.testing.assert_allclose(rotation[:, 2], (0, 0, -1), atol=1e-9)
        assert abs(wrap_angle(panda.yaw_of(rotation) - yaw)) < 1e-9
        assert solution[6] == q7


@given(st.tuples(joint(0), joint(1), joint(2), joint(3), joint(6)))
def test_no_solution_is_missed(free: tuple[float, ...]) -> None:
    q = pointing_down(list(free))
    assume(q is not None)
    assert q is not None
    # With the upper arm upright, joints 1 and 3 turn about one axis and only their sum is known.
    assume(abs(q[1]) > 1e-3)
    position, rotation = panda.forward(q)
    solutions = panda.inverse(position, panda.yaw_of(rotation), q[6])
    gaps = np.abs(np.remainder(solutions - q + math.pi, 2 * math.pi) - math.pi).max(axis=1)
    assert np.nanmin(gaps) < 1e-5


def test_many_poses_at_once_are_the_same_poses_one_by_one() -> None:
    rng = np.random.default_rng(1)
    positions = rng.uniform((-0.6, -0.6, 0.0), (0.6, 0.6, 0.5), (50, 3))
    yaws, q7 = rng.uniform(-3, 3, 50), rng.uniform(-2.8, 2.8, 50)
    together = panda.inverse(positions, yaws, q7)
    for i in range(50):
        np.testing.assert_array_equal(together[i], panda.inverse(positions[i], yaws[i], q7[i]))


def test_unreachable_poses_give_nan_and_no_warning() -> None:
    for position in ((3.0, 0.0, 0.0), (0.0, 0.0, -2.0), (0.0, 0.0, 5.0), (1e6, -1e6, 1e6)):
        assert np.isnan(panda.inverse(position, 0.3, np.linspace(-2, 2, 9))).any(axis=-1).all()
