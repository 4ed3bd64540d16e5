"""Reach, posture, straight lines and literal turns."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from blazer.core.geometry import wrap_angle
from blazer.sim.layout import REACH_RADIUS_M, TABLE_TOP_Z_M
from blazer.sim.panda import HOME_RAD, robot_model
from blazer.skills.arm import UP, Arm

Array = NDArray[np.float64]
ARM = Arm(robot_model())
angles = st.floats(-math.pi, math.pi)


@st.composite
def workplaces(draw: st.DrawFn) -> Array:
    """Points over the table within the promised reach."""
    radius = draw(st.floats(*REACH_RADIUS_M))
    azimuth = draw(st.floats(-1.2, 1.2))
    x, y, _ = ARM.base_m
    height = TABLE_TOP_Z_M + draw(st.floats(0.01, 0.30))
    return np.array([x + radius * math.cos(azimuth), y + radius * math.sin(azimuth), height])


def over_table(
    rng: np.random.Generator, radii_m: tuple[float, float], spread: float, height_m: float
) -> Array:
    """A point at random."""
    radius, azimuth = rng.uniform(*radii_m), rng.uniform(-spread, spread)
    return ARM.base_m + np.array([radius * math.cos(azimuth), radius * math.sin(azimuth), height_m])


@given(workplaces(), angles)
def test_candidates_reach_the_pose_within_limits(point: Array, yaw: float) -> None:
    found = ARM.candidates(point, [yaw], HOME_RAD)
    assert ARM.within(found).all()
    for q in found[:5]:
        position, reached = ARM.tcp(q)
        np.testing.assert_allclose(position, point, atol=1e-9)
        assert abs(wrap_angle(reached - yaw)) < 1e-9


@given(workplaces(), angles)
def test_every_workplace_is_reached_with_one_of_the_two_equal_yaws(point: Array, yaw: float) -> None:
    assert len(ARM.candidates(point, [yaw, wrap_angle(yaw + math.pi)], HOME_RAD))


@given(workplaces(), angles)
def test_equal_yaws_give_the_same_choice(point: Array, yaw: float) -> None:
    one = ARM.candidates(point, [yaw, wrap_angle(yaw + math.pi)], HOME_RAD)
    other = ARM.candidates(point, [wrap_angle(yaw + math.pi), yaw], HOME_RAD)
    np.testing.assert_allclose(one[0], other[0], atol=1e-6)


@settings(max_examples=50)
@given(workplaces(), workplaces(), angles, st.floats(-1.5, 1.5))
def test_lines_are_straight_and_turn_evenly(a: Array, b: Array, yaw: float, turn: float) -> None:
    starts = ARM.candidates(a, [yaw], HOME_RAD)
    if not len(starts):
        return
    goals = ARM.candidates(b, [yaw + turn], starts[0])
    line = ARM.line(starts[0], goals[0]) if len(goals) else None
    if line is None:
        return
    np.testing.assert_array_equal(line[[0, -1]], [starts[0], goals[0]])
    assert ARM.within(line).all()
    points, yaws = zip(*(ARM.tcp(q) for q in line), strict=True)
    share = np.linspace(0, 1, len(line))
    np.testing.assert_allclose(points, a + share[:, None] * (b - a), atol=1e-6)
    for part, reached in zip(share, yaws, strict=True):
        assert abs(wrap_angle(reached - yaw - part * turn)) < 1e-6


def test_straight_down_is_possible_nearly_everywhere_from_a_posture_that_leads_on() -> None:
    rng = np.random.default_rng(0)
    failures = 0
    for _ in range(200):
        low = over_table(rng, REACH_RADIUS_M, 1.2, 0.03)
        yaw = rng.uniform(-math.pi, math.pi)
        yaws = [yaw, wrap_angle(yaw + math.pi)]
        above = ARM.leading_on(ARM.candidates(low + 0.1 * UP, yaws, HOME_RAD), low)
        goals = ARM.candidates(low, [ARM.tcp(above[0])[1]], above[0])
        failures += all(ARM.line(above[0], goal) is None for goal in goals[:5])
    assert failures <= 4


@given(workplaces(), st.floats(-1.2, 1.2))
def test_turns_are_literal(point: Array, angle: float) -> None:
    q = ARM.candidates(point, [0.0, math.pi], HOME_RAD)[0]
    path = ARM.turn(q, angle)
    if path is None:
        largest = ARM.largest_turn(q, angle)
        assert abs(largest) < abs(angle)
        assert ARM.turn(q, largest) is not None
        return
    total = sum(wrap_angle(ARM.tcp(b)[1] - ARM.tcp(a)[1]) for a, b in pairwise(path))
    assert abs(total - angle) < 1e-6
    assert max(float(np.abs(ARM.tcp(way)[0] - point).max()) for way in path) < 1e-6


def test_a_cap_can_be_unscrewed_in_one_turn_over_most_of_the_table() -> None:
    rng = np.random.default_rng(1)
    possible = 0
    for _ in range(100):
        cap, yaw = over_table(rng, (0.35, 0.65), 0.7, 0.30), rng.uniform(-3, 3)
        grasp = ARM.candidates(cap, [yaw, wrap_angle(yaw + math.pi)], HOME_RAD)[0]
        possible += ARM.turn(grasp, 2.8) is not None
    assert possible >= 90


def test_longer_turns_than_a_full_one_are_counted_not_wrapped() -> None:
    q = ARM.candidates(np.array([0.25, 0.0, 1.0]), [0.0, math.pi], HOME_RAD)[0]
    assert ARM.turn(q, 2 * math.pi + 0.1) is None
    assert 2.0 < ARM.largest_turn(q, 2 * math.pi + 0.1) < 5.8
