"""Oriented boxes: overlap by separating axes. The geometry of the kinematic backend.

Every part stands in by its own box, so a cylinder is a little fatter here than it is.
Source: Gottschalk, Lin, Manocha, "OBBTree", SIGGRAPH 1996, section 5 (the fifteen axes).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from blazer.core.geometry import Array, quat_to_matrix
from blazer.sim.panda import Frame
from blazer.sim.scene import Body


class Box(NamedTuple):
    """A box in the world: centre (3,), axes as columns (3, 3), half extents (3,)."""

    center_m: Array
    axes: Array
    half_m: Array

    def reach_down_m(self) -> float:
        """How far the box extends below its centre."""
        return float(np.abs(self.axes[2]) @ self.half_m)


def box_at(frame: Frame, center_m: Array, half_m: Array, rotation: Array | None = None) -> Box:
    """A box given in a frame, moved to the world."""
    axes = frame.rotation if rotation is None else frame.rotation @ rotation
    return Box(frame.position_m + frame.rotation @ center_m, axes, half_m)


def boxes_of(body: Body, frame: Frame) -> tuple[Box, ...]:
    """The boxes of a body's colliding parts, with the body at `frame`."""
    return tuple(
        box_at(frame, np.array(part.position_m), np.array(part.size_m) / 2, quat_to_matrix(part.quat_wxyz))
        for part in body.parts
        if part.collides
    )


def overlap_m(first: Box, second: Box) -> float:
    """Depth of the overlap along the axis where it is least; negative is a distance apart (a lower
    bound of it)."""
    offset = second.center_m - first.center_m
    far = float(np.linalg.norm(offset) - np.linalg.norm(first.half_m) - np.linalg.norm(second.half_m))
    if far > 0:
        return -far
    crosses = np.cross(first.axes.T[:, None, :], second.axes.T[None, :, :]).reshape(9, 3)
    lengths = np.linalg.norm(crosses, axis=1)
    usable = lengths > 1e-6
    axes = np.vstack([first.axes.T, second.axes.T, crosses[usable] / lengths[usable, None]])
    reach = np.abs(axes @ first.axes) @ first.half_m + np.abs(axes @ second.axes) @ second.half_m
    return float((reach - np.abs(axes @ offset)).min())
