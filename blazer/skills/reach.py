"""Where the gripper could go instead of a pose that it cannot reach.

Looked for on three lines, and always at least one point is found: horizontally between the robot's
axis and the target, straight below the target, and from where the gripper is now. Obstacles are not
known here, but for the table's top: nothing below it is ever offered.

Offered points are whole millimetres, because that is how texts show them: what a program copies out
of a text must be reachable as it stands there, also at the very edge.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.skills.arm import Arm

Array = NDArray[np.float64]

LOWEST_Z_M = TABLE_TOP_Z_M + 0.02
"""Of a point that is offered in place of one below the table's top."""
_STEP_M = 0.005
_RADII_M = np.arange(0.10, 1.10, _STEP_M)
_HEIGHT_M = 1.2
"""Above the base; more than the arm's length with the gripper down."""


class Offer(NamedTuple):
    """A point within reach instead of one that is not.

    Attributes:
        point_m: (3,), whole millimetres.
        away_m: From there to the target.
        text: What kind of point it is, such as "the furthest on that line from the robot is".
    """

    point_m: Array
    away_m: float
    text: str


def instead_of(arm: Arm, target_m: Array, yaws_rad: Sequence[float], here_m: Array) -> Offer:
    """The best point to name in place of a target out of reach.

    Args:
        arm: Whose reach.
        target_m: (3,) of the tcp.
        yaws_rad: Of the tcp frame; any of them will do.
        here_m: (3,) where the gripper is, which is within reach.
    """
    wanted = np.array([*target_m[:2], max(target_m[2], LOWEST_Z_M)])
    point = nearest_on_level(arm, wanted, yaws_rad)
    if point is not None:
        base = arm.base_m[:2]
        outwards = np.hypot(*(target_m[:2] - base)) > np.hypot(*(point[:2] - base))
        end = "beyond reach; the furthest" if outwards else "too close to the robot; the nearest"
        if np.hypot(*(point - target_m)[:2]) < _STEP_M:
            text = "out of reach; the nearest within reach is"
        elif wanted[2] != target_m[2]:
            text = f"{end} over the table on that line from the robot is"
        else:
            text = f"{end} on that line from the robot is"
    else:
        point = highest_below(arm, wanted, yaws_rad)
        text = "beyond reach; the furthest straight below it is"
    if point is None:
        point = furthest_towards(arm, wanted, yaws_rad, here_m)
        text = "beyond reach; the furthest on the line from the gripper is"
    if point is None:
        point, text = np.round(here_m, 3), "beyond reach, as all on the way there; the gripper is at"
    return Offer(point, float(np.linalg.norm(target_m - point)), text)


def nearest_on_level(arm: Arm, target_m: Array, yaws_rad: Sequence[float]) -> Array | None:
    """The reachable point (3,) nearest to a target on its horizontal line from the robot's axis."""
    offset = target_m[:2] - arm.base_m[:2]
    radius = float(np.hypot(*offset))
    direction = offset / radius if radius > 1e-9 else np.array([1.0, 0.0])
    points = np.empty((len(_RADII_M), 3))
    points[:, :2] = arm.base_m[:2] + _RADII_M[:, None] * direction
    points[:, 2] = target_m[2]
    return _first(arm, points[np.argsort(np.abs(_RADII_M - radius), kind="stable")], yaws_rad)


def highest_below(arm: Arm, target_m: Array, yaws_rad: Sequence[float]) -> Array | None:
    """The highest reachable point (3,) straight below a target."""
    top = min(float(target_m[2]), float(arm.base_m[2]) + _HEIGHT_M)
    heights = np.arange(top, LOWEST_Z_M, -_STEP_M)
    points = np.column_stack([np.broadcast_to(target_m[:2], (len(heights), 2)), heights])
    return _first(arm, points, yaws_rad)


def furthest_towards(arm: Arm, target_m: Array, yaws_rad: Sequence[float], here_m: Array) -> Array | None:
    """The reachable point (3,) furthest on the way from the gripper straight to a target."""
    way = target_m - here_m
    length = float(np.linalg.norm(way))
    steps = np.arange(min(length, 2 * _HEIGHT_M), 0.0, -_STEP_M)
    return _first(arm, here_m + steps[:, None] * way / max(length, 1e-9), yaws_rad)


def _first(arm: Arm, points_m: Array, yaws_rad: Sequence[float]) -> Array | None:
    """The first of (n, 3) that is reachable with one of the yaws, as whole millimetres."""
    points = np.round(points_m, 3)
    possible = np.zeros(len(points), bool)
    for yaw in yaws_rad:
        possible |= arm.reachable(points, np.full(len(points), yaw))
    return points[int(np.argmax(possible))] if possible.any() else None
