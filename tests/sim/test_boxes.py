"""Overlap of boxes: symmetric, blind to the frame, and right where it can be worked out by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from blazer.core.geometry import quat_to_matrix
from blazer.sim.boxes import Box, overlap_m

numbers = st.floats(-1.0, 1.0)
rotations = arrays(float, 4, elements=numbers).filter(lambda q: np.linalg.norm(q) > 0.1).map(quat_to_matrix)
boxes = st.builds(
    Box, arrays(float, 3, elements=numbers), rotations, arrays(float, 3, elements=st.floats(0.01, 0.8))
)


def _plain(x: float, half: float = 0.5) -> Box:
    return Box(np.array([x, 0.0, 0.0]), np.eye(3), np.full(3, half))


@given(boxes, boxes)
@settings(max_examples=150, deadline=None)
def test_symmetric(first: Box, second: Box) -> None:
    a, b = overlap_m(first, second), overlap_m(second, first)
    assert abs(a - b) < 1e-9


@given(boxes, boxes, rotations, arrays(float, 3, elements=numbers))
@settings(max_examples=100, deadline=None)
def test_the_frame_does_not_matter(first: Box, second: Box, turn: np.ndarray, move: np.ndarray) -> None:
    a, b = (Box(turn @ box.center_m + move, turn @ box.axes, box.half_m) for box in (first, second))
    assert abs(overlap_m(a, b) - overlap_m(first, second)) < 1e-9


@given(boxes, boxes)
@settings(max_examples=150, deadline=None)
def test_a_shared_corner_is_an_overlap(first: Box, second: Box) -> None:
    """Conservative: a corner of one inside the other is never called apart."""
    signs = np.array(np.meshgrid([-1, 1], [-1, 1], [-1, 1])).reshape(3, -1)
    corners = second.center_m[:, None] + second.axes @ (signs * second.half_m[:, None])
    local = first.axes.T @ (corners - first.center_m[:, None])
    inside = (np.abs(local) <= first.half_m[:, None]).all(axis=0).any()
    if inside:
        assert overlap_m(first, second) >= -1e-12


def test_depth_and_distance_of_plain_boxes() -> None:
    assert abs(overlap_m(_plain(0.0), _plain(0.9)) - 0.1) < 1e-12
    assert abs(overlap_m(_plain(0.0), _plain(1.2)) + 0.2) < 1e-12
    assert overlap_m(_plain(0.0), _plain(5.0)) < -3
