"""Where everything goes: layouts drawn until all gaps, reach and constraints hold.

The layout is drawn in the task frame first and the frame is then put where everything fits, as RLBench
does. What differs is that room for the open gripper and reach are asked for here, so that a seed is
solvable by design; RLBench finds out by trying its own demonstration and drawing again.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import numpy as np

from blazer.core.errors import TaskError
from blazer.core.geometry import quat_from_yaw, wrap_angle
from blazer.core.records import Pose
from blazer.sim.layout import ROBOT_BASE_M, TABLE_TOP_Z_M, WORKSPACE_X_M, WORKSPACE_Y_M
from blazer.sim.scene import Body
from blazer.tasks.catalogue.shapes import quat, vec3
from blazer.tasks.constraints import constraint_holds
from blazer.tasks.errors import PlacementError
from blazer.tasks.expressions import resolve, resolve_name, resolve_names
from blazer.tasks.layout import (
    HOME_HEIGHT_M,
    Footprint,
    Rect,
    closer_than,
    footprint_at,
    gripper_blocker,
    home_blocker,
)
from blazer.tasks.spec import PlacedObject, Placement, TaskSpec

LAYOUT_ATTEMPTS = 400
OBJECT_ATTEMPTS = 40
BASE_ATTEMPTS = 12


class Thing(NamedTuple):
    """An object before it has a place."""

    placed: PlacedObject
    body: Body
    rects: tuple[Rect, ...]


class Spot(NamedTuple):
    """Where an object is, in the task frame; z of its centre above the table."""

    x: float
    y: float
    z: float
    yaw: float


def place_all(
    spec: TaskSpec, parameters: dict[str, Any], things: dict[str, Thing], rng: np.random.Generator
) -> dict[str, Pose]:
    """World poses of all objects of a task.

    Raises:
        TaskError: a placement, `reach` or a constraint names something that does not exist.
        PlacementError: no layout was found within the attempts allowed.
    """
    placements = _resolved_placements(spec, parameters, things)
    reach = resolve_names(spec.reach, parameters) or list(things)
    for name in reach:
        if name not in things:
            raise TaskError(f"task {spec.name!r}: reach names {name!r}. Objects: {', '.join(things)}")
    failures: dict[str, int] = {}
    for _ in range(LAYOUT_ATTEMPTS):
        spots = _draw_spots(placements, things, reach, rng, failures)
        if spots is None:
            continue
        poses = _put_on_table(spec, parameters, spots, things, reach, rng, failures)
        if poses is not None:
            return poses
    reasons = ", ".join(f"{why} ({n} times)" for why, n in sorted(failures.items(), key=lambda f: -f[1])[:4])
    raise PlacementError(
        f"task {spec.name!r}: no layout found in {LAYOUT_ATTEMPTS} attempts; it failed at: {reasons}. "
        "Remedies: larger rects_m, smaller gap_m or center_distance_m, a narrower base_yaw_rad, "
        "fewer objects in `reach`, smaller objects"
    )


def _resolved_placements(
    spec: TaskSpec, parameters: dict[str, Any], things: dict[str, Thing]
) -> list[Placement]:
    resolved: list[Placement] = []
    seen: set[str] = set()
    for placement in spec.placements:
        resolved.append(resolved_placement(placement, parameters, tuple(things), seen))
        seen.update(resolved[-1].objects)
    missing = [name for name in things if name not in seen]
    if missing:
        raise TaskError(f"task {spec.name!r}: no placement for {', '.join(missing)}")
    return resolved


def resolved_placement(
    placement: Placement, parameters: dict[str, Any], names: Sequence[str], seen: Collection[str]
) -> Placement:
    """A placement with its expressions resolved, checked.

    Args:
        placement: Of a spec.
        parameters: Of an instance.
        names: All objects.
        seen: Those that earlier placements put down.

    Raises:
        TaskError: an object that does not exist, is put down twice, or is not there yet.
    """
    objects = resolve_names(placement.objects, parameters)
    touching = resolve_names(placement.touching, parameters)
    owner = resolve_name(placement.relative_to, parameters) if placement.relative_to else ""
    for name in (*objects, *touching, *filter(None, [owner])):
        if name not in names:
            raise TaskError(f"a placement names {name!r}. Objects: {', '.join(names)}")
    for index, name in enumerate(objects):
        if name in seen or name in objects[:index]:
            raise TaskError(f"object {name!r} is placed twice; name it in one placement")
    if placement.mode == "relative" and owner not in seen:
        raise TaskError(f"relative_to names {owner!r}, which no earlier placement puts down")
    if placement.mode == "slots" and len(placement.slots_m) < len(objects):
        raise TaskError(f"{len(objects)} objects cannot be dealt over {len(placement.slots_m)} slots_m")
    update = {"objects": tuple(objects), "touching": tuple(touching), "relative_to": owner}
    return placement.model_copy(update=update)


def _draw_spots(
    placements: list[Placement],
    things: dict[str, Thing],
    reach: list[str],
    rng: np.random.Generator,
    failures: dict[str, int],
) -> dict[str, Spot] | None:
    spots: dict[str, Spot] = {}
    footprints: dict[str, Footprint] = {}
    for placement in placements:
        slots = list(rng.permutation(len(placement.slots_m))) if placement.mode == "slots" else []
        for index, name in enumerate(placement.objects):
            attempts = OBJECT_ATTEMPTS if placement.mode == "region" else 1
            for _ in range(attempts):
                slot = placement.slots_m[int(slots[index])] if slots else None
                spot = _draw_spot(placement, things[name], slot, spots, rng)
                footprint = footprint_at(name, things[name].rects, *spot)
                if _keeps_distance(placement, footprint, footprints):
                    break
            else:
                failures[f"a gap around {name!r}"] = failures.get(f"a gap around {name!r}", 0) + 1
                return None
            spots[name], footprints[name] = spot, footprint
    for name in reach:
        if not things[name].body.graspable:
            continue
        blocker = _grasp_blocker(things[name], spots[name], footprints)
        if blocker is not None:
            why = f"room for the gripper at {name!r} beside {blocker!r}"
            failures[why] = failures.get(why, 0) + 1
            return None
    return spots


def _grasp_blocker(thing: Thing, spot: Spot, footprints: dict[str, Footprint]) -> str | None:
    mechanism = thing.body.mechanism
    own = {thing.placed.name, mechanism.owner if mechanism else ""}
    others = [f for name, f in footprints.items() if name not in own]
    return gripper_blocker(spot.x, spot.y, spot.z, spot.yaw, others)


def _draw_spot(
    placement: Placement,
    thing: Thing,
    slot: tuple[float, float] | None,
    spots: dict[str, Spot],
    rng: np.random.Generator,
) -> Spot:
    yaw = float(rng.uniform(*placement.yaw_rad))
    x, y, bottom = placement.position_m
    if placement.mode == "region":
        areas = np.array([rect[2] * rect[3] for rect in placement.rects_m])
        rect = placement.rects_m[int(rng.choice(len(areas), p=areas / areas.sum()))]
        x = rect[0] + rect[2] * float(rng.uniform(-0.5, 0.5))
        y = rect[1] + rect[3] * float(rng.uniform(-0.5, 0.5))
    elif slot is not None:
        x, y = slot
    elif placement.mode == "relative":
        owner = spots[placement.relative_to]
        c, s = math.cos(owner.yaw), math.sin(owner.yaw)
        x, y = owner.x + c * x - s * y, owner.y + s * x + c * y
        yaw += owner.yaw
    return Spot(x, y, bottom + thing.body.size_m[2] / 2, yaw)


def _keeps_distance(placement: Placement, new: Footprint, others: dict[str, Footprint]) -> bool:
    free = {*placement.touching, placement.relative_to}
    for name, other in others.items():
        apart = math.hypot(new.x - other.x, new.y - other.y)
        if name in placement.objects and apart < placement.center_distance_m:
            return False
        if name not in free and closer_than(new, other, placement.gap_m):
            return False
    return True


def _put_on_table(
    spec: TaskSpec,
    parameters: dict[str, Any],
    spots: dict[str, Spot],
    things: dict[str, Thing],
    reach: list[str],
    rng: np.random.Generator,
    failures: dict[str, int],
) -> dict[str, Pose] | None:
    """Draw the task frame's own place until everything is on the table and within reach."""
    for _ in range(BASE_ATTEMPTS):
        yaw = float(rng.uniform(*spec.base_yaw_rad))
        turned = {name: _moved(spot, 0.0, 0.0, yaw) for name, spot in spots.items()}
        boxes = [footprint_at(name, things[name].rects, *spot).bounds() for name, spot in turned.items()]
        low_x, high_x = (
            WORKSPACE_X_M[0] - min(b[0] for b in boxes),
            WORKSPACE_X_M[1] - max(b[2] for b in boxes),
        )
        low_y, high_y = (
            WORKSPACE_Y_M[0] - min(b[1] for b in boxes),
            WORKSPACE_Y_M[1] - max(b[3] for b in boxes),
        )
        if low_x > high_x or low_y > high_y:
            failures["fitting into the workspace"] = failures.get("fitting into the workspace", 0) + 1
            continue
        x, y = float(rng.uniform(low_x, high_x)), float(rng.uniform(low_y, high_y))
        world = {name: _moved(spot, x, y, 0.0) for name, spot in turned.items()}
        why = _unfit(spec, parameters, world, things, reach)
        if why is None:
            return {name: _pose(spot) for name, spot in world.items()}
        failures[why] = failures.get(why, 0) + 1
    return None


def _unfit(
    spec: TaskSpec,
    parameters: dict[str, Any],
    world: dict[str, Spot],
    things: dict[str, Thing],
    reach: list[str],
) -> str | None:
    near, far = spec.reach_radius_m
    for name in reach:
        distance = math.hypot(world[name].x - ROBOT_BASE_M[0], world[name].y - ROBOT_BASE_M[1])
        if not near <= distance <= far:
            return f"reach of {name!r}"
    tall = [
        name for name, spot in world.items() if spot.z + things[name].body.size_m[2] / 2 > HOME_HEIGHT_M - 0.1
    ]
    blocker = home_blocker([footprint_at(name, things[name].rects, *world[name]) for name in tall])
    if blocker is not None:
        return f"the robot's home posture beside {blocker!r}"
    centres = {name: (spot.x, spot.y) for name, spot in world.items()}
    for constraint in spec.constraints:
        if not constraint_holds(constraint.name, resolve(constraint.params, parameters), centres):
            return f"constraint {constraint.name!r}"
    return None


def _moved(spot: Spot, x: float, y: float, yaw: float) -> Spot:
    c, s = math.cos(yaw), math.sin(yaw)
    return Spot(x + c * spot.x - s * spot.y, y + s * spot.x + c * spot.y, spot.z, spot.yaw + yaw)


def _pose(spot: Spot) -> Pose:
    return Pose(
        position_m=vec3((spot.x, spot.y, TABLE_TOP_Z_M + spot.z)),
        quat_wxyz=quat(quat_from_yaw(wrap_angle(spot.yaw))),
    )
