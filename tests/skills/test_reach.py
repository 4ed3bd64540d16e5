"""What is offered instead of a pose out of reach."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.panda import HOME_RAD, robot_model
from blazer.skills.arm import Arm
from blazer.skills.errors import shown
from blazer.skills.reach import highest_below, instead_of, nearest_on_level

Array = NDArray[np.float64]
ARM = Arm(robot_model())
HERE = ARM.tcp(HOME_RAD)[0]
anywhere = st.one_of(st.floats(-1.5, 1.5), st.floats(-1e6, 1e6))


def read(text: str) -> Array:
    """A position as a program would copy it out of a text."""
    return np.array([float(v) for v in text.strip("()").split(",")])


@given(st.tuples(anywhere, anywhere, anywhere), st.floats(-math.pi, math.pi))
def test_what_is_offered_is_reachable_as_it_is_written(target: tuple[float, ...], yaw: float) -> None:
    wanted, yaws = np.array(target), [yaw, yaw + math.pi]
    if len(ARM.candidates(wanted, yaws, HOME_RAD)):
        return
    offer = instead_of(ARM, wanted, yaws, HERE)
    point = read(shown(offer.point_m))
    assert len(ARM.candidates(point, yaws, HOME_RAD)), offer
    assert point[2] > TABLE_TOP_Z_M
    assert offer.away_m == pytest.approx(math.dist(point, target), abs=1e-6)


@pytest.mark.parametrize("z", [TABLE_TOP_Z_M + 0.02, TABLE_TOP_Z_M + 0.3])
def test_the_point_on_the_level_is_the_nearest(z: float) -> None:
    for x, y in ((0.9, 0.0), (0.6, 0.9), (-0.3, 0.01), (-0.9, -0.9), (5.0, 5.0), (-0.3, 0.0)):
        target = np.array([x, y, z])
        if len(ARM.candidates(target, [0.0], HOME_RAD)):
            continue
        point = nearest_on_level(ARM, target, [0.0])
        assert point is not None
        assert point[2] == pytest.approx(z)
        away = math.dist(point, target)
        closer = point + (target - point) / away * min(0.02, away / 2)
        assert away < 0.01 or not len(ARM.candidates(closer, [0.0], HOME_RAD))


def test_a_height_out_of_reach_everywhere_has_only_points_below_it() -> None:
    target = np.array([0.3, 0.0, 3.0])
    assert nearest_on_level(ARM, target, [0.0]) is None
    point = highest_below(ARM, target, [0.0])
    assert point is not None
    np.testing.assert_allclose(point[:2], target[:2])
    assert not len(ARM.candidates(point + np.array([0.0, 0.0, 0.03]), [0.0], HOME_RAD))


def test_an_impossible_yaw_still_names_where_the_gripper_is() -> None:
    offer = instead_of(ARM, np.array([5.0, 5.0, 5.0]), [], HERE)
    np.testing.assert_allclose(offer.point_m, HERE, atol=6e-4)
    assert offer.text.endswith("the gripper is at")
