"""The conditions a goal can be made of: pure functions over the world before and after.

Each takes a `Situation` and its own closed record of parameters and returns a `CheckResult` with what
it measured, so that a failure says how far off it was. None keeps state, and none sees the program.
Their names become known to specs in `predicates`.
"""

from __future__ import annotations

import math

import numpy as np
from pydantic import Field

from blazer.core.geometry import quat_to_matrix, tilt_of_quat
from blazer.core.records import CheckResult, ObjectState, Record
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.tasks.situation import Sensor, Situation

Measured = dict[str, float | int | bool | str]


def _result(name: str, passed: bool, required: str, **measured: float | int | bool | str) -> CheckResult:
    rounded: Measured = {k: round(v, 6) if isinstance(v, float) else v for k, v in measured.items()}
    return CheckResult(name=name, passed=bool(passed), measured=rounded, required=required)


# --- sensors ---------------------------------------------------------------------------------------


class DetectedParams(Record):
    """An object and a volume."""

    object: str
    sensor: Sensor


class DetectedCountParams(Record):
    """Objects, a volume, and how many of them must reach into it."""

    objects: tuple[str, ...] = Field(min_length=1)
    sensor: Sensor
    at_least: int = Field(ge=1)


def detected(s: Situation, p: DetectedParams) -> CheckResult:
    """Some part of the object reaches into the sensor's volume."""
    gap = s.distance_to_sensor(p.object, p.sensor)
    return _result("detected", gap <= 0, "distance_m = 0", object=p.object, distance_m=gap)


def not_detected(s: Situation, p: DetectedParams) -> CheckResult:
    """No part of the object reaches into the sensor's volume."""
    gap = s.distance_to_sensor(p.object, p.sensor)
    return _result("not_detected", gap > 0, "distance_m > 0", object=p.object, distance_m=gap)


def detected_count(s: Situation, p: DetectedCountParams) -> CheckResult:
    """At least so many of the objects reach into the sensor's volume."""
    inside = [name for name in p.objects if s.distance_to_sensor(name, p.sensor) <= 0]
    required = f"count >= {p.at_least}"
    names = ", ".join(inside)
    return _result("detected_count", len(inside) >= p.at_least, required, count=len(inside), objects=names)


def centre_in(s: Situation, p: DetectedParams) -> CheckResult:
    """The object's centre lies inside the sensor's volume."""
    outside = _point_outside(s, p.object, p.sensor)
    return _result("centre_in", outside <= 0, "outside_m <= 0", object=p.object, outside_m=outside)


def centre_in_count(s: Situation, p: DetectedCountParams) -> CheckResult:
    """At least so many of the objects have their centre inside the sensor's volume."""
    inside = [name for name in p.objects if _point_outside(s, name, p.sensor) <= 0]
    required = f"count >= {p.at_least}"
    names = ", ".join(inside)
    return _result("centre_in_count", len(inside) >= p.at_least, required, count=len(inside), objects=names)


def _point_outside(s: Situation, name: str, sensor: Sensor) -> float:
    """How far the object's centre is outside the volume along its worst axis; negative inside."""
    local = s.offset_from(name, sensor.relative_to) - np.asarray(sensor.at_m)
    half = np.asarray(sensor.size_m) / 2
    if sensor.shape == "cylinder":
        return float(max(math.hypot(local[0], local[1]) - half[0], abs(local[2]) - half[2]))
    return float((np.abs(local) - half).max())


# --- relations of objects ------------------------------------------------------------------------


class OnTopParams(Record):
    """What must rest on what."""

    object: str
    support: str
    height_tolerance_m: float = Field(default=0.012, gt=0)
    max_offset_m: float = Field(default=0.05, gt=0)


class NearParams(Record):
    """What must be centred over what."""

    object: str
    target: str
    max_offset_m: float = Field(gt=0)


class UprightParams(Record):
    """An object and how far it may lean."""

    object: str
    max_tilt_rad: float = Field(default=math.radians(10), gt=0)


class BesideParams(Record):
    """An object that must stand on the table next to another one."""

    object: str
    reference: str
    max_gap_m: float = Field(default=0.15, gt=0)
    height_tolerance_m: float = Field(default=0.01, gt=0)


class StackedParams(Record):
    """Objects of which so many must stand on each other, the lowest over `over`."""

    objects: tuple[str, ...] = Field(min_length=1)
    count: int = Field(ge=1)
    over: str
    max_offset_m: float = Field(default=0.03, gt=0)
    height_tolerance_m: float = Field(default=0.006, gt=0)


class ObjectParams(Record):
    """One object."""

    object: str


def on_top(s: Situation, p: OnTopParams) -> CheckResult:
    """The object rests on the support: above it, at its top face, centred well enough."""
    gap = float(s.bounds(p.object)[0][2] - s.bounds(p.support)[1][2])
    offset = _horizontal(s.object(p.object), s.object(p.support))
    passed = abs(gap) <= p.height_tolerance_m and offset <= p.max_offset_m
    required = f"|gap_m| <= {p.height_tolerance_m:g} and offset_m <= {p.max_offset_m:g}"
    return _result("on_top", passed, required, object=p.object, support=p.support, gap_m=gap, offset_m=offset)


def near(s: Situation, p: NearParams) -> CheckResult:
    """The object's centre is over the target's, to within a horizontal distance."""
    offset = _horizontal(s.object(p.object), s.object(p.target))
    required = f"offset_m <= {p.max_offset_m:g}"
    return _result("near", offset <= p.max_offset_m, required, object=p.object, offset_m=offset)


def upright(s: Situation, p: UprightParams) -> CheckResult:
    """The object leans no more than allowed."""
    tilt = tilt_of_quat(s.object(p.object).quat_wxyz)
    required = f"tilt_rad <= {p.max_tilt_rad:.3g}"
    return _result("upright", tilt <= p.max_tilt_rad, required, object=p.object, tilt_rad=tilt)


def on_table(s: Situation, p: ObjectParams) -> CheckResult:
    """The object's lowest point is at the height of the table top."""
    height = float(s.bounds(p.object)[0][2]) - TABLE_TOP_Z_M
    return _result("on_table", abs(height) <= 0.01, "|height_m| <= 0.01", object=p.object, height_m=height)


def beside(s: Situation, p: BesideParams) -> CheckResult:
    """The object lies on the table, clear of the reference's outline but near it."""
    height = float(s.bounds(p.object)[0][2]) - TABLE_TOP_Z_M
    local = np.abs(s.offset_from(p.object, p.reference))[:2]
    half = np.asarray(s.body(p.reference).size_m[:2]) / 2
    outside = np.maximum(local - half, 0.0)
    gap = float(np.hypot(*outside))
    passed = abs(height) <= p.height_tolerance_m and 0 < gap <= p.max_gap_m
    required = f"|height_m| <= {p.height_tolerance_m:g} and 0 < gap_m <= {p.max_gap_m:g}"
    return _result("beside", passed, required, object=p.object, height_m=height, gap_m=gap)


def stacked(s: Situation, p: StackedParams) -> CheckResult:
    """So many of the objects stand on each other in one column over the mark."""
    mark = s.object(p.over)
    height, level = TABLE_TOP_Z_M, 0
    left = sorted(p.objects, key=lambda name: s.object(name).position_m[2])
    for name in left:
        low, high = s.bounds(name)
        over = _horizontal(s.object(name), mark) <= p.max_offset_m
        if over and abs(float(low[2]) - height) <= p.height_tolerance_m:
            level, height = level + 1, float(high[2])
    return _result("stacked", level >= p.count, f"levels >= {p.count}", levels=level)


def _horizontal(a: ObjectState, b: ObjectState) -> float:
    return math.hypot(a.position_m[0] - b.position_m[0], a.position_m[1] - b.position_m[1])


# --- mechanisms and the gripper --------------------------------------------------------------------


class JointParams(Record):
    """An object's mechanism and how far it must have moved."""

    object: str
    beyond: float
    """Radians, or metres for a slide."""


class NoParams(Record):
    """Nothing to say."""


def joint_beyond(s: Situation, p: JointParams) -> CheckResult:
    """The mechanism has moved by more than `beyond` since the start, or has come free."""
    now, before = s.object(p.object), s.object_before(p.object)
    free = before.attached_to is not None and now.attached_to is None
    moved = abs((now.joint_position or 0.0) - (before.joint_position or 0.0))
    required = f"moved > {p.beyond:g} or free"
    return _result(
        "joint_beyond", free or moved > p.beyond, required, object=p.object, moved=moved, free=free
    )


def detached(s: Situation, p: ObjectParams) -> CheckResult:
    """The object is no longer held by its mechanism."""
    owner = s.object(p.object).attached_to
    return _result(
        "detached", owner is None, "attached_to is nothing", object=p.object, attached_to=owner or ""
    )


def held(s: Situation, p: ObjectParams) -> CheckResult:
    """The gripper holds the object."""
    holding = s.final.gripper.holding or ""
    return _result("held", holding == p.object, f"holding = {p.object!r}", holding=holding)


def nothing_grasped(s: Situation, p: NoParams) -> CheckResult:
    """The gripper holds nothing."""
    holding = s.final.gripper.holding or ""
    return _result("nothing_grasped", not holding, "holding nothing", holding=holding)


# --- the rest of the world -------------------------------------------------------------------------


class AtRestParams(Record):
    """How much motion still counts as rest."""

    max_speed_m_s: float = Field(default=0.01, gt=0)
    max_turn_rad_s: float = Field(default=0.2, gt=0)


class UndisturbedParams(Record):
    """How far other objects may have moved."""

    max_displacement_m: float = Field(default=0.02, gt=0)
    max_tilt_rad: float = Field(default=math.radians(10), gt=0)
    besides: tuple[str, ...] = ()
    """Objects that may move, beside the goal's movable ones."""


def at_rest(s: Situation, p: AtRestParams) -> CheckResult:
    """Nothing moves any more."""
    speed, turn, worst = 0.0, 0.0, ""
    for item in s.final.objects:
        here = math.hypot(*item.linear_velocity_m_s)
        there = math.hypot(*item.angular_velocity_rad_s)
        if max(here / p.max_speed_m_s, there / p.max_turn_rad_s) > max(
            speed / p.max_speed_m_s, turn / p.max_turn_rad_s
        ):
            speed, turn, worst = here, there, item.name
    passed = speed <= p.max_speed_m_s and turn <= p.max_turn_rad_s
    required = f"speed_m_s <= {p.max_speed_m_s:g} and turn_rad_s <= {p.max_turn_rad_s:g}"
    return _result("at_rest", passed, required, speed_m_s=speed, turn_rad_s=turn, object=worst)


def undisturbed(s: Situation, p: UndisturbedParams) -> CheckResult:
    """Everything that the task is not about is where it was and as upright as it was."""
    free = {*s.movable, *p.besides}
    shift, tilt, worst, score = 0.0, 0.0, "", 0.0
    for before in s.initial.objects:
        if before.name in free:
            continue
        after = s.object(before.name)
        moved = math.dist(before.position_m, after.position_m)
        lean = _lean(before, after)
        if max(moved / p.max_displacement_m, lean / p.max_tilt_rad) > score:
            score = max(moved / p.max_displacement_m, lean / p.max_tilt_rad)
            shift, tilt, worst = moved, lean, before.name
    required = f"displacement_m <= {p.max_displacement_m:g} and tilt_rad <= {p.max_tilt_rad:.3g}"
    return _result("undisturbed", score <= 1, required, displacement_m=shift, tilt_rad=tilt, object=worst)


def _lean(before: ObjectState, after: ObjectState) -> float:
    """Angle between the object's own z axis then and now."""
    axes = quat_to_matrix(before.quat_wxyz)[:, 2], quat_to_matrix(after.quat_wxyz)[:, 2]
    return math.acos(max(-1.0, min(1.0, float(axes[0] @ axes[1]))))
