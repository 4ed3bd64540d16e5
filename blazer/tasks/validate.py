"""What can be known to be wrong with a task before anybody works on it; each complaint names its place.

The grammar is `spec`'s; this is about what the words refer to. A task is also drawn for a few seeds, and
laid out and judged, because whether everything fits is known by trying. Not here: whether a robot can do it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from blazer.core.errors import TaskError, UnknownNameError
from blazer.core.geometry import yaw_of_quat
from blazer.core.records import Decision, GripperState, ObjectState, WorldState
from blazer.sim.layout import WORKSPACE_CENTER_M
from blazer.sim.scene import Scene
from blazer.tasks.constraints import validated_constraint
from blazer.tasks.errors import PlacementError
from blazer.tasks.expressions import resolve, resolve_names
from blazer.tasks.instantiate import condition_of, draw_parameters, instantiate, scene_of, thing_of
from blazer.tasks.judge import judge
from blazer.tasks.layout import HOME_HEIGHT_M
from blazer.tasks.placing import Thing, resolved_placement
from blazer.tasks.spec import PredicateSpec, TaskSpec, Variation
from blazer.tasks.templates import names_in, render_text

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?: [A-Za-z0-9_-]+){0,4}")
DRAWN_SEEDS = range(12)
"""Drawn for their parameters; cheap."""
PLACED_SEEDS = range(3)
"""Laid out as well."""


def validate_task(spec: TaskSpec) -> None:
    """Refuse a task that contradicts itself.

    Raises:
        TaskError: naming the place in the spec ("goal.paper.0") and what is wrong there.
        PlacementError: its objects find no room.
    """
    _variations(spec.variations)
    known = [variation.name for variation in spec.variations]
    for index, template in enumerate(spec.instructions):
        with _at(f"instructions.{index}"):
            _words(template, known)
    for seed in DRAWN_SEEDS:
        with _at("variations"):
            parameters = draw_parameters(spec, seed)
        _references(spec, parameters)
    for seed in PLACED_SEEDS:
        with _at("placements"):
            instance = instantiate(spec, seed)
        world = _world_at_reset(scene_of(instance))
        if judge(instance, world, world).paper is Decision.PASS:
            raise TaskError(
                f"goal.paper: holds already before anything was done (seed {seed}); "
                "ask for what the robot is to bring about"
            )


def _variations(variations: tuple[Variation, ...]) -> None:
    drawn: dict[str, Variation] = {}
    for index, variation in enumerate(variations):
        with _at(f"variations.{index}"):
            for name in filter(None, [*variation.differs_from, variation.of]):
                if name not in drawn:
                    earlier = ", ".join(drawn) or "none"
                    raise TaskError(f"{name!r} is no earlier variation. Earlier: {earlier}")
            of = drawn.get(variation.of)
            if of is not None and of.kind == "choice" and len(variation.values) < len(of.values):
                raise TaskError(
                    f"{variation.name!r} has {len(variation.values)} values, "
                    f"{of.name!r}, from which it derives, has {len(of.values)}"
                )
            if variation.name in drawn:
                raise TaskError(f"variation {variation.name!r} is declared twice")
            drawn[variation.name] = variation


def _words(template: str, known: list[str]) -> None:
    for name in names_in(template, "the template"):
        if name not in known:
            listing = ", ".join(known) or "none"
            raise TaskError(f"the template names {name!r}, which is no variation. Variations: {listing}")


def _references(spec: TaskSpec, parameters: dict[str, Any]) -> None:
    """Everything that a spec refers to exists, with these parameters."""
    things: dict[str, Thing] = {}
    for index, item in enumerate(spec.objects):
        with _at(f"objects.{index}"):
            thing = thing_of(item, parameters)
            if not _NAME.fullmatch(thing.placed.name):
                raise TaskError(f"object name {thing.placed.name!r} must be such as jar0: a-z, 0-9, _")
            if not _KIND.fullmatch(thing.placed.kind):
                raise TaskError(f"kind {thing.placed.kind!r} must be a few plain words")
            if thing.placed.name in things:
                raise TaskError(f"two objects are called {thing.placed.name!r}")
            things[thing.placed.name] = thing
    names = tuple(things)
    for index, thing in enumerate(things.values()):
        mechanism = thing.body.mechanism
        if mechanism is not None and mechanism.owner not in names:
            raise TaskError(
                f"objects.{index}: its mechanism's owner {mechanism.owner!r} is no object. "
                f"Objects: {', '.join(names)}"
            )
    seen: set[str] = set()
    for index, placement in enumerate(spec.placements):
        with _at(f"placements.{index}"):
            seen.update(resolved_placement(placement, parameters, names, seen).objects)
    if missing := [name for name in names if name not in seen]:
        raise TaskError(f"placements: none for {', '.join(missing)}")
    for index, constraint in enumerate(spec.constraints):
        with _at(f"constraints.{index}"):
            validated_constraint(constraint.name, resolve(constraint.params, parameters), names)
    with _at("reach"):
        _all_known(resolve_names(spec.reach, parameters), names)
    _goal(spec, parameters, things)
    for index, template in enumerate(spec.instructions):
        with _at(f"instructions.{index}"):
            render_text(template, parameters, "the template")


def _goal(spec: TaskSpec, parameters: dict[str, Any], things: dict[str, Thing]) -> None:
    names = tuple(things)
    for part, conditions in (("paper", spec.goal.paper), ("strict", spec.goal.strict)):
        for index, condition in enumerate(conditions):
            with _at(f"goal.{part}.{index}"):
                _has_joint(condition_of(condition, parameters, names), things)
    with _at("goal.movable"):
        _all_known(resolve_names(spec.goal.movable, parameters), names)


def _has_joint(condition: PredicateSpec, things: dict[str, Thing]) -> None:
    """A condition on a mechanism is about an object that has one."""
    if condition.name not in ("joint_beyond", "detached"):
        return
    jointed = [name for name, thing in things.items() if thing.body.mechanism is not None]
    if condition.params["object"] not in jointed:
        raise TaskError(
            f"predicate {condition.name!r}: object {condition.params['object']!r} has no mechanism. "
            f"Objects that have one: {', '.join(jointed) or 'none'}"
        )


def _all_known(wanted: list[str], names: tuple[str, ...]) -> None:
    for name in wanted:
        if name not in names:
            raise TaskError(f"object {name!r} does not exist. Objects: {', '.join(names)}")


def _world_at_reset(scene: Scene) -> WorldState:
    """The world as laid out, without physics: everything at rest, the gripper empty and away."""
    objects = []
    for body in scene.bodies:
        state = ObjectState(
            name=body.name,
            kind=body.kind,
            color=body.color,
            position_m=body.pose.position_m,
            quat_wxyz=body.pose.quat_wxyz,
            yaw_rad=yaw_of_quat(body.pose.quat_wxyz),
            size_m=body.size_m,
            joint_position=0.0 if body.mechanism else None,
            attached_to=body.mechanism.owner if body.mechanism else None,
        )
        objects.append(state)
    x_m, y_m, z_m = WORKSPACE_CENTER_M
    gripper = GripperState(
        position_m=(x_m, y_m, z_m + HOME_HEIGHT_M), yaw_rad=0.0, opening_m=0.08, holding=None
    )
    return WorldState(time_s=0.0, objects=tuple(objects), gripper=gripper)


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Complaints inside say where in the spec they arose."""
    try:
        yield
    except PlacementError as error:
        raise PlacementError(f"{place}: {error}") from None
    except (TaskError, UnknownNameError) as error:
        raise TaskError(f"{place}: {error}") from None
