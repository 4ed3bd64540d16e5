"""The distance between solids, against answers known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazer.core.records import Quat, Vec3
from blazer.sim.scene import Part
from blazer.tasks.convex import Solid, distance_m, solid_of
from tests.tasks.builders import yaw_quat

CUBE_POINTS = tuple((x, y, z) for x in (-0.05, 0.05) for y in (-0.05, 0.05) for z in (-0.05, 0.05))
SHAPES = ("box", "cylinder", "sphere", "capsule", "ellipsoid", "hull")
coordinate = st.floats(-0.3, 0.3, allow_nan=False)
points = st.tuples(coordinate, coordinate, coordinate)
turns = st.tuples(*[st.floats(-1, 1, allow_nan=False)] * 4).filter(lambda q: math.hypot(*q) > 0.1)


def solid(shape: str, size: Vec3 = (0.1, 0.1, 0.1), at: Vec3 = (0, 0, 0), quat: Quat = (1, 0, 0, 0)) -> Solid:
    part = Part.model_validate(
        {
            "shape": shape,
            "size_m": size,
            "rgba": (0, 0, 0, 1),
            "points_m": CUBE_POINTS if shape == "hull" else (),
        }
    )
    return solid_of(part, at, quat)


@pytest.mark.parametrize("first", SHAPES)
@pytest.mark.parametrize("second", SHAPES)
def test_gap_along_an_axis(first: str, second: str) -> None:
    """Along x every shape of size 0.1 reaches 0.05 far, whatever it is."""
    assert distance_m(solid(first), solid(second, at=(0.13, 0, 0))) == pytest.approx(0.03, abs=1e-5)
    assert distance_m(solid(first), solid(second, at=(0.0999, 0, 0))) == 0


def test_box_corner_to_corner() -> None:
    assert distance_m(solid("box"), solid("box", at=(0.2, 0.2, 0.2))) == pytest.approx(math.sqrt(3) * 0.1)


def test_turned_box_reaches_further() -> None:
    turned = solid("box", quat=yaw_quat(math.pi / 4))
    other = solid("box", at=(0.15, 0, 0))
    assert distance_m(turned, other) == pytest.approx(0.10 - 0.05 * math.sqrt(2), abs=1e-6)


def test_thin_sensor_inside_a_large_box_is_reached() -> None:
    assert distance_m(solid("box"), solid("box", size=(0.01, 0.01, 0.2))) == 0


@settings(max_examples=150, deadline=None)
@given(points, points)
def test_spheres_have_the_exact_distance(a: Vec3, b: Vec3) -> None:
    exact = max(0.0, float(np.linalg.norm(np.subtract(a, b))) - 0.1)
    assert distance_m(solid("sphere", at=a), solid("sphere", at=b)) == pytest.approx(exact, abs=1e-4)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SHAPES), st.sampled_from(SHAPES), points, turns, points, turns)
def test_symmetric_and_no_less_than_the_bounding_balls_allow(
    first: str, second: str, a: Vec3, qa: Quat, b: Vec3, qb: Quat
) -> None:
    one = solid(first, at=a, quat=tuple(np.array(qa) / np.linalg.norm(qa)))
    two = solid(second, at=b, quat=tuple(np.array(qb) / np.linalg.norm(qb)))
    gap = distance_m(one, two)
    apart = float(np.linalg.norm(np.subtract(a, b)))
    assert distance_m(two, one) == pytest.approx(gap, abs=1e-4)
    assert apart - one.radius - two.radius - 1e-6 <= gap <= apart
    if apart < 0.1:  # both hold a ball of radius 0.05 around their centres
        assert gap == 0


@settings(max_examples=100, deadline=None)
@given(points)
def test_hull_of_a_box_is_that_box(at: Vec3) -> None:
    other = solid("cylinder", at=at, size=(0.08, 0.08, 0.12))
    assert distance_m(solid("hull"), other) == pytest.approx(distance_m(solid("box"), other), abs=1e-5)
