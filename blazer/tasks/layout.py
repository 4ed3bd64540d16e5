"""Plane geometry of a table full of objects: footprints, gaps, and room for the gripper.

Pure Python floats on purpose: the shapes are rectangles, there are few of them, and numpy's overhead
a call would cost more than the arithmetic. Bodies are taken to stand upright (a yaw, no tilt), as they
do at reset; parts tilted inside a body count with their bounding box.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from blazer.core.geometry import yaw_of_quat
from blazer.core.records import Pose
from blazer.sim.layout import WORKSPACE_CENTER_M
from blazer.sim.scene import Body
from blazer.tasks.catalogue.shapes import part_bounds

Point = tuple[float, float]

FINGER_X_M = 0.012
"""Half the fingers' extent across the closing direction."""
FINGER_Y_M = (0.040, 0.064)
"""From the open pads' faces to the fingers' backs, along the closing direction."""
FINGER_Z_M = (-0.010, 0.045)
"""The fingers' extent below and above the grasp point."""
HAND_HALF_M = (0.034, 0.104)
"""Half the hand's extent across and along the closing direction; it begins above the fingers."""
HOME_HEIGHT_M = 0.40
"""Of the grasp point over the middle of the workspace when the robot is at home."""
HOME_CLEARANCE_M = 0.04
CLEARANCE_M = 0.006
"""Room left around fingers and hand: larger than a planner's margin and tracking error together."""


class Rect(NamedTuple):
    """An upright prism: a turned rectangle between two heights."""

    x: float
    y: float
    half_x: float
    half_y: float
    yaw: float
    z_low: float
    z_high: float

    @property
    def radius(self) -> float:
        """Of the circle around it."""
        return math.hypot(self.half_x, self.half_y)

    def corners(self) -> list[Point]:
        """The four corners, in order."""
        c, s = math.cos(self.yaw), math.sin(self.yaw)
        return [
            (self.x + c * u - s * v, self.y + s * u + c * v)
            for u, v in (
                (self.half_x, self.half_y),
                (-self.half_x, self.half_y),
                (-self.half_x, -self.half_y),
                (self.half_x, -self.half_y),
            )
        ]


class Footprint(NamedTuple):
    """A body's parts as prisms, with a circle around all of them for quick answers."""

    name: str
    x: float
    y: float
    radius: float
    rects: tuple[Rect, ...]

    def bounds(self) -> tuple[float, float, float, float]:
        """Lowest x, lowest y, highest x, highest y."""
        corners = [corner for rect in self.rects for corner in rect.corners()]
        xs, ys = [c[0] for c in corners], [c[1] for c in corners]
        return min(xs), min(ys), max(xs), max(ys)


def local_rects(body: Body) -> tuple[Rect, ...]:
    """The prisms of a body in its own frame."""
    rects = []
    for part in [p for p in body.parts if p.collides] or body.parts:
        low, high = (corner.tolist() for corner in part_bounds(part))
        rects.append(
            Rect(
                (low[0] + high[0]) / 2,
                (low[1] + high[1]) / 2,
                (high[0] - low[0]) / 2,
                (high[1] - low[1]) / 2,
                0.0,
                low[2],
                high[2],
            )
        )
    return tuple(rects)


def footprint_at(name: str, rects: Sequence[Rect], x: float, y: float, z: float, yaw: float) -> Footprint:
    """Prisms of a body's own frame, moved to a pose."""
    c, s = math.cos(yaw), math.sin(yaw)
    moved = tuple(
        Rect(
            x + c * r.x - s * r.y,
            y + s * r.x + c * r.y,
            r.half_x,
            r.half_y,
            r.yaw + yaw,
            r.z_low + z,
            r.z_high + z,
        )
        for r in rects
    )
    radius = max(math.hypot(r.x, r.y) + r.radius for r in rects)
    return Footprint(name, x, y, radius, moved)


def footprint_of(body: Body, pose: Pose | None = None) -> Footprint:
    """Footprint of a body at `pose`, or at its own."""
    pose = pose or body.pose
    x, y, z = pose.position_m
    return footprint_at(body.name, local_rects(body), x, y, z, yaw_of_quat(pose.quat_wxyz))


def _overlap(a: Sequence[Point], b: Sequence[Point]) -> bool:
    """Whether two convex outlines overlap, by the axes of their edges."""
    for outline in (a, b):
        for index in range(2):  # a rectangle has two directions of edges
            (x0, y0), (x1, y1) = outline[index], outline[index + 1]
            nx, ny = y1 - y0, x0 - x1
            da = [nx * x + ny * y for x, y in a]
            db = [nx * x + ny * y for x, y in b]
            if max(da) < min(db) or max(db) < min(da):
                return False
    return True


def _point_edge(px: float, py: float, a: Point, b: Point) -> float:
    """Distance of a point to an edge."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else max(0.0, min(1.0, ((px - a[0]) * dx + (py - a[1]) * dy) / length))
    return math.hypot(px - a[0] - t * dx, py - a[1] - t * dy)


def rect_gap(a: Rect, b: Rect) -> float:
    """Distance in the plane between two rectangles; 0 where they overlap. Heights do not matter."""
    corners_a, corners_b = a.corners(), b.corners()
    if _overlap(corners_a, corners_b):
        return 0.0
    best = math.inf
    for points, edges in ((corners_a, corners_b), (corners_b, corners_a)):
        for px, py in points:
            for index in range(4):
                best = min(best, _point_edge(px, py, edges[index - 1], edges[index]))
    return best


def closer_than(a: Footprint, b: Footprint, gap_m: float) -> bool:
    """Whether two bodies leave less than `gap_m` between them in the plane."""
    if math.hypot(a.x - b.x, a.y - b.y) - a.radius - b.radius >= gap_m:
        return False
    for ra in a.rects:
        for rb in b.rects:
            if math.hypot(ra.x - rb.x, ra.y - rb.y) - ra.radius - rb.radius >= gap_m:
                continue
            if rect_gap(ra, rb) < max(gap_m, 1e-9):
                return True
    return False


def gripper_rects(x: float, y: float, z: float, yaw: float) -> tuple[Rect, ...]:
    """The open gripper at a grasp point as prisms: two fingers, and the hand up to the sky."""
    c, s = math.cos(yaw), math.sin(yaw)
    middle = (FINGER_Y_M[0] + FINGER_Y_M[1]) / 2
    half = (FINGER_Y_M[1] - FINGER_Y_M[0]) / 2
    fingers = tuple(
        Rect(
            x - s * side * middle,
            y + c * side * middle,
            FINGER_X_M,
            half,
            yaw,
            z + FINGER_Z_M[0],
            math.inf,
        )
        for side in (-1, 1)
    )
    return (*fingers, Rect(x, y, *HAND_HALF_M, yaw, z + FINGER_Z_M[1], math.inf))


def home_blocker(footprints: Sequence[Footprint]) -> str | None:
    """Name of a body so tall and so placed that the robot at home would stand in it; None if none is.

    Heights of the footprints count from the table top.
    """
    x, y, _ = WORKSPACE_CENTER_M
    return gripper_blocker(x, y, HOME_HEIGHT_M, 0.0, footprints, HOME_CLEARANCE_M)


def gripper_blocker(
    x: float, y: float, z: float, yaw: float, others: Sequence[Footprint], clearance_m: float = CLEARANCE_M
) -> str | None:
    """Name of a body in the way of the open gripper coming down on a point; None if there is room."""
    gripper = gripper_rects(x, y, z, yaw)
    for other in others:
        if math.hypot(other.x - x, other.y - y) - other.radius > HAND_HALF_M[1] + HAND_HALF_M[0]:
            continue
        for rect in other.rects:
            for tool in gripper:
                if rect.z_high + clearance_m / 2 <= tool.z_low:
                    continue
                if math.hypot(rect.x - tool.x, rect.y - tool.y) - rect.radius - tool.radius >= clearance_m:
                    continue
                if rect_gap(rect, tool) < clearance_m:
                    return other.name
    return None
