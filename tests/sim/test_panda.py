"""The published arm: derivatives, continuity, reach."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from blazer.core.errors import SimulatorError
from blazer.sim import panda
from blazer.sim.layout import REACH_RADIUS_M, ROBOT_BASE_M, TABLE_TOP_Z_M, WORKSPACE_CENTER_M
from blazer.sim.probe import path, solve

joints = arrays(float, 7, elements=st.floats(0.0, 1.0)).map(
    lambda share: panda.LOWER_RAD + share * (panda.UPPER_RAD - panda.LOWER_RAD)
)


@given(joints)
@settings(max_examples=60, deadline=None)
def test_rotations_are_rotations(q: np.ndarray) -> None:
    for frame in panda.forward(q):
        assert np.allclose(frame.rotation @ frame.rotation.T, np.eye(3), atol=1e-12)
        assert np.linalg.det(frame.rotation) > 0


@given(joints)
@settings(max_examples=60, deadline=None)
def test_the_jacobian_is_the_derivative(q: np.ndarray) -> None:
    jacobian = panda.jacobian(q)
    step = 1e-6
    for axis in range(7):
        ahead, behind = q.copy(), q.copy()
        ahead[axis] += step
        behind[axis] -= step
        a, b = panda.forward(ahead)[-1], panda.forward(behind)[-1]
        assert np.allclose((a.position_m - b.position_m) / (2 * step), jacobian[:3, axis], atol=1e-6)
        turn = (a.rotation - b.rotation) / (2 * step) @ panda.forward(q)[-1].rotation.T
        assert np.allclose([turn[2, 1], turn[0, 2], turn[1, 0]], jacobian[3:, axis], atol=1e-6)


@given(joints, st.integers(0, 6), st.floats(-1e-3, 1e-3))
@settings(max_examples=60, deadline=None)
def test_a_small_turn_moves_the_tcp_a_little(q: np.ndarray, axis: int, turn_rad: float) -> None:
    moved = q.copy()
    moved[axis] += turn_rad
    distance = np.linalg.norm(panda.forward(moved)[-1].position_m - panda.forward(q)[-1].position_m)
    assert distance <= 1.3 * abs(turn_rad) + 1e-12, "no point of the arm is further than 1.3 m from a joint"


def test_home_is_above_the_centre_of_the_workspace() -> None:
    tcp = panda.forward(panda.HOME_RAD)[-1]
    assert np.allclose(tcp.position_m[:2], WORKSPACE_CENTER_M[:2], atol=1e-4)
    assert 0.35 < tcp.position_m[2] - TABLE_TOP_Z_M < 0.45
    assert np.allclose(tcp.rotation, np.diag([1.0, -1.0, -1.0]), atol=1e-5)


@pytest.mark.parametrize("radius_m", np.linspace(*REACH_RADIUS_M, 5))
@pytest.mark.parametrize("height_m", [0.004, 0.1, 0.35])
def test_every_placement_radius_is_reached_straight_down(radius_m: float, height_m: float) -> None:
    for azimuth in (-1.0, 0.0, 1.0):
        x = ROBOT_BASE_M[0] + radius_m * math.cos(azimuth)
        y = ROBOT_BASE_M[1] + radius_m * math.sin(azimuth)
        for yaw in np.arange(-2, 2) * math.pi / 4:
            q = _solve_either_way((x, y, TABLE_TOP_Z_M + height_m), float(yaw))
            assert (q >= panda.LOWER_RAD).all()
            assert (q <= panda.UPPER_RAD).all()


def _solve_either_way(position_m: tuple[float, float, float], yaw_rad: float) -> np.ndarray:
    """Half a turn of the gripper makes the same grasp."""
    try:
        return solve(position_m, yaw_rad)
    except SimulatorError:
        return solve(position_m, yaw_rad + math.pi)


def test_paths_start_and_end_at_rest() -> None:
    way = path(np.zeros(7), np.ones(7), 200)
    assert np.allclose(way[0], 0)
    assert np.allclose(way[-1], 1)
    assert np.abs(way[1] - way[0]).max() < 1e-4
    assert np.abs(way[-1] - way[-2]).max() < 1e-4
