"""Skills made of primitives: pick, place_at, place_on, place_in.

They add no power, only the order of steps that is nearly always right: come from above, go straight
down, act, go straight up. Heights are found by asking for collisions, so that the palm clears tall
objects and the fingertips clear the table without a number for either.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blazer.core.geometry import quat_to_matrix
from blazer.core.records import ObjectState
from blazer.skills.arm import UP
from blazer.skills.errors import GraspMissed, PathBlocked, Unreachable
from blazer.skills.mover import Mover, require_held

Array = NDArray[np.float64]

APPROACH_M = 0.10
"""Height from which things are approached, and to which the gripper withdraws."""
RELEASE_GAP_M = 0.005
FINGER_CLEARANCE_M = 0.003
"""The opening must exceed an object's width by that much."""
_HEIGHT_STEP_M = 0.01
_TOP_HOLD_M = 0.006
"""The least of an object that must stand between the pads."""


class _Grasp(NamedTuple):
    position_m: Array
    yaw_rad: float


def pick(mover: Mover, name: str, yaw_rad: float | None) -> str | None:
    """Open, go above, lower, close, lift.

    Grasps at the object's centre; where palm or fingertips would touch something there, at the
    nearest height above it. Without a yaw, the object's own; or a quarter turn from it, where only
    its length fits between the fingers or something stands in the way.

    Raises:
        GraspMissed: if the object does not fit between the fingers, or was not held.
        Unreachable: see `Mover.move`.
        PathBlocked: see `Mover.move`.
        UnexpectedContact: see `Mover.move`.
    """
    mover.open("pick")
    target = mover.state().object(name)
    grasp = _choose_grasp(mover, target, yaw_rad)
    above = grasp.position_m + APPROACH_M * UP
    mover.move("pick", above, grasp.yaw_rad, what=f"the point above {name!r}", onward_m=grasp.position_m)
    mover.move("pick", grasp.position_m, grasp.yaw_rad, what=f"the grasp of {name!r}")
    held = mover.close("pick")
    _rise(mover, "pick")
    return held


def place_at(mover: Mover, position_m: Array, yaw_rad: float | None, skill: str = "place_at") -> None:
    """Bring the held object's centre to a point from above, let go, withdraw upwards.

    Raises:
        SkillMisuse: if nothing is held.
        Unreachable: see `Mover.move`.
        PathBlocked: see `Mover.move`.
        UnexpectedContact: see `Mover.move`.
        GraspMissed: if the object is lost on the way.
    """
    held = require_held(mover, skill)
    goal = position_m - _hang_m(mover, held, yaw_rad)
    what = f"the gripper's place to release {held.name!r}"
    _above(mover, skill, goal, yaw_rad, f"the point above {what}")
    mover.move(skill, goal, yaw_rad, what=what)
    mover.open(skill)
    _rise(mover, skill)


def place_on(mover: Mover, name: str, yaw_rad: float | None) -> None:
    """Let go of the held object with its underside just above the top of another.

    Raises:
        SkillMisuse: if nothing is held.
        SkillError: as `place_at`.
    """
    held, target = require_held(mover, "place_on"), mover.state().object(name)
    position = np.asarray(target.position_m, float)
    position[2] += _half_height_m(target) + RELEASE_GAP_M + _half_height_m(held)
    place_at(mover, position, yaw_rad, "place_on")


def place_in(mover: Mover, name: str, yaw_rad: float | None) -> None:
    """Let go of the held object inside a hollow one, as low as hand and object fit.

    Raises:
        SkillMisuse: if nothing is held.
        PathBlocked: if it is not free even above the rim.
        SkillError: as `place_at`.
    """
    held, target = require_held(mover, "place_in"), mover.state().object(name)
    center = np.asarray(target.position_m, float)
    floor, rim = center[2] - _half_height_m(target), center[2] + _half_height_m(target)
    half = _half_height_m(held)
    hang = _hang_m(mover, held, yaw_rad)
    heights = np.arange(floor + half + 2 * RELEASE_GAP_M, rim + half + 0.10, 0.01)
    grips = [np.array([*center[:2], z]) - hang for z in heights]
    grip = mover.first_free(grips, yaw_rad)
    place_at(mover, (grips[-1] if grip is None else grip) + hang, yaw_rad, "place_in")


def _choose_grasp(mover: Mover, target: ObjectState, yaw_rad: float | None) -> _Grasp:
    """The first grasp that is free, of the yaws that fit; else the first that fits, to be refused
    with its own reason when it is tried."""
    opening = mover.arm.robot.max_opening_m - FINGER_CLEARANCE_M
    length, width, _ = target.size_m
    if yaw_rad is not None:
        yaws = [yaw_rad]
    else:
        fits = ((target.yaw_rad, width), (target.yaw_rad + math.pi / 2, length))
        yaws = [yaw for yaw, extent in fits if extent <= opening]
    if not yaws:
        raise GraspMissed(
            f"pick: {target.name!r} is {length:.3f} x {width:.3f} m and the fingers open {opening:.3f} m; "
            "it cannot be grasped whole",
            skill="pick",
            body=target.name,
        )
    center = np.asarray(target.position_m, float)
    top = center[2] + _half_height_m(target) - _TOP_HOLD_M
    heights = np.append(center[2], np.arange(center[2] + _HEIGHT_STEP_M, top, _HEIGHT_STEP_M))
    for yaw in yaws:
        point = mover.first_free((np.array([*center[:2], z]) for z in heights), yaw)
        if point is not None:
            return _Grasp(point, yaw)
    return _Grasp(center, yaws[0])


def _above(mover: Mover, skill: str, goal_m: Array, yaw_rad: float | None, what: str) -> None:
    """Go over a point; less high where the arm's reach or something else leaves no room."""
    for rise in (APPROACH_M, APPROACH_M / 2):
        try:
            return mover.move(skill, goal_m + rise * UP, yaw_rad, what=what, onward_m=goal_m)
        except (Unreachable, PathBlocked):
            continue
    return mover.move(skill, goal_m + APPROACH_M / 4 * UP, yaw_rad, what=what, onward_m=goal_m)


def _rise(mover: Mover, skill: str) -> None:
    """Straight up; less far where the arm's reach or something else ends it."""
    here = mover.position_m()
    for rise in (APPROACH_M, APPROACH_M / 2):
        try:
            return mover.move(skill, here + rise * UP, None, what="the point above")
        except (Unreachable, PathBlocked):
            continue
    return mover.move(skill, here + APPROACH_M / 4 * UP, None, what="the point above")


def _hang_m(mover: Mover, held: ObjectState, yaw_rad: float | None) -> Array:
    """The held object's centre relative to the tcp, once the gripper has turned to a yaw."""
    offset = np.asarray(held.position_m, float) - mover.position_m()
    turn = 0.0 if yaw_rad is None else yaw_rad - mover.yaw_rad()
    c, s = math.cos(turn), math.sin(turn)
    return np.array([c * offset[0] - s * offset[1], s * offset[0] + c * offset[1], offset[2]])


def _half_height_m(item: ObjectState) -> float:
    """Half the vertical extent of the bounding box, however it lies."""
    return float(np.abs(quat_to_matrix(item.quat_wxyz)[2]) @ np.asarray(item.size_m)) / 2
