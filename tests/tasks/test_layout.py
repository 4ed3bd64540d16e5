"""Gaps and room for the gripper."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazer.tasks.catalogue import build_body
from blazer.tasks.layout import (
    FINGER_Y_M,
    HAND_HALF_M,
    Rect,
    closer_than,
    footprint_of,
    gripper_blocker,
    home_blocker,
    rect_gap,
)
from tests.tasks.builders import placed

place = st.floats(-0.4, 0.4)
half = st.floats(0.01, 0.2)
angle = st.floats(-4, 4)
rects = st.builds(Rect, place, place, half, half, angle, st.just(0.0), st.just(1.0))


def test_gap_of_rectangles_side_by_side() -> None:
    a = Rect(0, 0, 0.1, 0.05, 0, 0, 1)
    assert rect_gap(a, Rect(0.25, 0, 0.1, 0.05, 0, 0, 1)) == pytest.approx(0.05)
    assert rect_gap(a, Rect(0.25, 0, 0.1, 0.05, math.pi / 2, 0, 1)) == pytest.approx(0.10)
    assert rect_gap(a, Rect(0.19, 0, 0.1, 0.05, 0, 0, 1)) == 0


@settings(max_examples=200, deadline=None)
@given(rects, rects)
def test_gap_is_symmetric_and_bounded_by_the_circles(a: Rect, b: Rect) -> None:
    gap = rect_gap(a, b)
    apart = math.hypot(a.x - b.x, a.y - b.y)
    assert rect_gap(b, a) == pytest.approx(gap)
    assert max(0.0, apart - a.radius - b.radius) - 1e-9 <= gap <= apart


@settings(max_examples=100, deadline=None)
@given(rects, rects, angle, place, place)
def test_gap_does_not_depend_on_the_frame(a: Rect, b: Rect, turn: float, dx: float, dy: float) -> None:
    c, s = math.cos(turn), math.sin(turn)

    def moved(r: Rect) -> Rect:
        return r._replace(x=c * r.x - s * r.y + dx, y=s * r.x + c * r.y + dy, yaw=r.yaw + turn)

    assert rect_gap(moved(a), moved(b)) == pytest.approx(rect_gap(a, b), abs=1e-9)


def test_inside_a_tray_is_not_in_its_walls() -> None:
    tray = footprint_of(build_body(placed("tray0", "tray", (0, 0, 0.025), length_m=0.3, width_m=0.3)))
    inside = footprint_of(build_body(placed("block0", "box", (0.05, 0, 0.03))))
    walls = tray._replace(rects=tray.rects[1:])
    assert closer_than(inside, tray, 0.0)  # the floor is under it
    assert not closer_than(inside, walls, 0.02)


@pytest.mark.parametrize(
    ("x", "y", "height", "blocked"),
    [
        (0.0, 0.07, 0.05, True),  # under a finger
        (0.05, 0.0, 0.05, False),  # beside the fingers, and lower than the hand
        (0.05, 0.0, 0.12, True),  # the hand would touch it
        (0.0, 0.16, 0.12, False),
    ],
)
def test_room_for_the_gripper(x: float, y: float, height: float, blocked: bool) -> None:
    body = build_body(
        placed("block0", "box", (x, y, height / 2), length_m=0.04, width_m=0.04, height_m=height)
    )
    found = gripper_blocker(0, 0, 0.025, 0, [footprint_of(body)._replace(rects=_on_table(height, x, y))])
    assert (found == "block0") is blocked
    assert FINGER_Y_M[1] < HAND_HALF_M[1]


def _on_table(height: float, x: float, y: float) -> tuple[Rect, ...]:
    return (Rect(x, y, 0.02, 0.02, 0.0, 0.0, height),)


def test_home_posture_is_in_the_way_of_tall_things_only() -> None:
    low = Rect(0.25, 0.0, 0.05, 0.05, 0, 0, 0.30)
    footprint = footprint_of(build_body(placed("tower0", "box", (0.25, 0.0, 0.15))))
    assert home_blocker([footprint._replace(rects=(low,))]) is None
    assert home_blocker([footprint._replace(rects=(low._replace(z_high=0.5),))]) == "tower0"
