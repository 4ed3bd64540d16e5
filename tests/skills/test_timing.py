"""Timed curves keep shape and limits, start and stop at rest, and lose little to the optimum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from blazer.sim.panda import ACCELERATION_RAD_S2, VELOCITY_RAD_S
from blazer.skills.curves import Curve, polyline, spline
from blazer.skills.timing import DERATE, path_speeds, retime

Array = NDArray[np.float64]
STEP_S = 0.002


def random_curve(seed: int) -> Curve:
    """A polyline with cut corners, or a spline, of a few points."""
    rng = np.random.default_rng(seed)
    points = np.cumsum(rng.normal(scale=rng.choice([0.01, 0.1, 0.5]), size=(rng.integers(2, 7), 7)), axis=0)
    if rng.random() < 0.5:
        return spline(points)
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return polyline(points, rng.uniform(0.05, 0.45) * np.minimum(lengths[:-1], lengths[1:]))


def start_of(curve: Curve) -> Array:
    return curve.at(np.zeros(1))


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_limits_hold_by_finite_differences_from_rest_to_rest(seed: int) -> None:
    curve = random_curve(seed)
    path = np.vstack([start_of(curve), retime(curve, VELOCITY_RAD_S, ACCELERATION_RAD_S2, STEP_S)])
    velocity = np.diff(path, axis=0) / STEP_S
    rest = np.zeros((1, 7))
    acceleration = np.diff(np.vstack([rest, velocity, rest]), axis=0) / STEP_S
    assert (np.abs(velocity) <= VELOCITY_RAD_S * 1.001).all()
    assert (np.abs(acceleration) <= ACCELERATION_RAD_S2 * 1.02).all()


@settings(max_examples=60)
@given(st.integers(0, 10**6))
def test_the_shape_is_kept_and_the_end_met_exactly(seed: int) -> None:
    curve = random_curve(seed)
    samples = retime(curve, VELOCITY_RAD_S, ACCELERATION_RAD_S2, STEP_S)
    np.testing.assert_array_equal(samples[-1], curve.at(np.array([curve.length]))[0])
    dense = curve.at(np.linspace(0, curve.length, 4000))
    gaps = np.abs(samples[:: max(1, len(samples) // 50), None] - dense).max(axis=2).min(axis=1)
    assert gaps.max() < 2e-3 * max(1.0, curve.length)


def test_a_straight_segment_takes_its_closed_form_time() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        move = rng.normal(scale=rng.choice([0.02, 0.3, 1.0]), size=7)
        curve = polyline(np.stack([np.zeros(7), move]), np.zeros(0))
        speed = (VELOCITY_RAD_S / np.abs(move)).min() * DERATE
        gain = (ACCELERATION_RAD_S2 / np.abs(move)).min() * DERATE
        ideal = 2 / math.sqrt(gain) if gain < speed**2 else 1 / speed + speed / gain
        taken = len(retime(curve, VELOCITY_RAD_S, ACCELERATION_RAD_S2, STEP_S)) * STEP_S
        assert ideal - 1e-9 <= taken <= ideal * 1.03 + STEP_S


@pytest.mark.parametrize("seed", range(25))
def test_splines_are_as_quick_as_the_published_library(seed: int) -> None:
    toppra = pytest.importorskip("toppra", reason="the oracle comes with the dev extra")
    rng = np.random.default_rng(seed)
    t = np.linspace(0, 1, 30)[:, None]
    curve = spline(np.sin(t * rng.uniform(0.2, 4, 7) + rng.uniform(0, 3, 7)))
    grid = np.linspace(0, curve.length, 200)
    ours = path_speeds(curve, grid, VELOCITY_RAD_S, ACCELERATION_RAD_S2)
    theirs = _library_speeds(toppra, curve, grid)
    widths = np.diff(grid)
    assert _duration(widths, ours) <= _duration(widths, theirs) * 1.01
    assert _duration(widths, ours) >= _duration(widths, theirs) * 0.98


def _duration(widths: Array, speeds: Array) -> float:
    return float((2 * widths / (speeds[1:] + speeds[:-1])).sum())


def _library_speeds(ta: Any, curve: Curve, grid: Array) -> Array:
    values = curve.at(grid)
    path = ta.SplineInterpolator(grid, values)
    limits = [
        ta.constraint.JointVelocityConstraint(np.stack([-VELOCITY_RAD_S, VELOCITY_RAD_S], axis=1)),
        ta.constraint.JointAccelerationConstraint(
            np.stack([-ACCELERATION_RAD_S2, ACCELERATION_RAD_S2], axis=1)
        ),
    ]
    problem = ta.algorithm.TOPPRA(limits, path, gridpoints=grid, solver_wrapper="seidel")
    speeds: Array = problem.compute_parameterization(0, 0)[1]
    return speeds


def test_splines_pass_through_their_points_and_polylines_through_all_but_cut_corners() -> None:
    points = np.cumsum(np.random.default_rng(3).normal(size=(6, 7)), axis=0)
    smooth = spline(points)
    np.testing.assert_allclose(smooth.at(smooth.breaks), points, atol=1e-9)
    cut = polyline(points, np.array([0.3, 0.0, 0.3, 0.3]))
    np.testing.assert_allclose(cut.at(np.array([0.0, cut.length])), points[[0, -1]], atol=1e-9)
    gaps = np.linalg.norm(cut.at(np.linspace(0, cut.length, 5000))[:, None] - points, axis=2).min(axis=0)
    assert gaps[2] < 1e-3
    assert (gaps[[1, 3, 4]] > 1e-3).all()
    assert (gaps <= 0.15 + 1e-3).all(), "a corner is cut by at most half its radius"


def test_repeated_points_do_no_harm() -> None:
    point = np.linspace(0.1, 0.7, 7)
    for points in (np.stack([point] * 5), np.stack([point, point, point + 0.2, point + 0.2])):
        samples = retime(spline(points), VELOCITY_RAD_S, ACCELERATION_RAD_S2, STEP_S)
        assert np.isfinite(samples).all()
        np.testing.assert_allclose(samples[-1], points[-1], atol=1e-9)
