"""From a task and a seed to an instance: a pure function of both.

Every draw comes from a named stream of the seed, so that adding a wording does not move an object.
Physics plays no part: what is placed here is at rest because the catalogue's objects stand flat. The
goal is checked for unknown names here, before any simulator is started.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from blazer.core.digest import digest
from blazer.core.errors import TaskError
from blazer.core.records import Pose
from blazer.core.rng import check_seed, stream
from blazer.sim.scene import Scene
from blazer.tasks.catalogue import build_body, default_kind
from blazer.tasks.colors import COLORS
from blazer.tasks.expressions import resolve, resolve_name, resolve_names, weight
from blazer.tasks.layout import local_rects
from blazer.tasks.placing import Thing, place_all
from blazer.tasks.predicates import validated
from blazer.tasks.spec import (
    Goal,
    ObjectSpec,
    PlacedObject,
    PredicateSpec,
    TaskInstance,
    TaskSpec,
    Variation,
)
from blazer.tasks.templates import render_text

MAX_PARAMETER_WEIGHT = 10_000
"""Characters and items of one parameter: lists of lists of earlier ones would grow without end."""
_ORIGIN = Pose(position_m=(0.0, 0.0, 0.0))


def instantiate(spec: TaskSpec, seed: int, parameters: Mapping[str, Any] | None = None) -> TaskInstance:
    """The instance of a task that a seed stands for; equal for equal arguments, everywhere.

    Args:
        spec: The task.
        seed: Draws parameters, layout and wording.
        parameters: Those of another instance, to keep; then the seed draws layout and wording only. So
            the same question is asked of another table, which is what a program is verified on.

    Raises:
        UsageError: the seed is negative or beyond `MAX_SEED`.
        TaskError: the spec contradicts itself (unknown parameter, object, type, constraint), or the
            given parameters are not those of its variations.
        PredicateError: its goal names an unknown predicate or object, or a wrong parameter.
        PlacementError: no room was found within the attempts allowed.
    """
    check_seed(seed)
    parameters = draw_parameters(spec, seed) if parameters is None else _kept(spec, parameters)
    things = _things(spec, parameters)
    rng = stream(seed, "task", spec.name, "layout")
    poses = place_all(spec, parameters, things, rng)
    objects = [thing.placed.model_copy(update={"pose": poses[name]}) for name, thing in things.items()]
    return TaskInstance(
        task=spec.name,
        task_digest=digest(spec),
        seed=seed,
        parameters=parameters,
        instruction=_instruction(spec, parameters, seed),
        objects=tuple(sorted(objects, key=lambda item: _natural(item.name))),
        goal=_goal(spec.goal, parameters, tuple(things)),
        time_limit_s=spec.time_limit_s,
    )


def scene_of(instance: TaskInstance) -> Scene:
    """The bodies of an instance."""
    return Scene(task=instance.task, bodies=tuple(build_body(item) for item in instance.objects))


# --- parameters and texts ------------------------------------------------------------------------


def _kept(spec: TaskSpec, parameters: Mapping[str, Any]) -> dict[str, Any]:
    wanted = [variation.name for variation in spec.variations]
    if sorted(wanted) != sorted(parameters):
        raise TaskError(
            f"task {spec.name!r}: the parameters are {', '.join(wanted) or 'none'}; "
            f"given were {', '.join(parameters) or 'none'}"
        )
    return dict(parameters)


def draw_parameters(spec: TaskSpec, seed: int) -> dict[str, Any]:
    """The values of a spec's variations for a seed, plain JSON values.

    Raises:
        TaskError: a variation refers to something that does not exist.
    """
    rng = stream(seed, "task", spec.name, "variations")
    parameters: dict[str, Any] = {}
    drawn: dict[str, int] = {}
    for variation in spec.variations:
        if variation.name in parameters:
            raise TaskError(f"task {spec.name!r}: variation {variation.name!r} is declared twice")
        index, value = _draw(spec.name, variation, parameters, drawn, rng)
        if weight(value) > MAX_PARAMETER_WEIGHT:
            raise TaskError(
                f"task {spec.name!r}: variation {variation.name!r} comes out larger than "
                f"{MAX_PARAMETER_WEIGHT} characters and items"
            )
        drawn[variation.name] = index
        parameters[variation.name] = value
    return parameters


def _draw(
    task: str,
    variation: Variation,
    parameters: dict[str, Any],
    drawn: dict[str, int],
    rng: np.random.Generator,
) -> tuple[int, Any]:
    values = resolve(list(variation.values), parameters)
    if variation.kind == "derived":
        if variation.of not in drawn:
            known = ", ".join(drawn) or "none"
            raise TaskError(
                f"task {task!r}: variation {variation.name!r} derives from {variation.of!r}, "
                f"which is not drawn before it. Drawn before: {known}"
            )
        index = drawn[variation.of]
        if index >= len(values):
            raise TaskError(
                f"task {task!r}: variation {variation.name!r} has {len(values)} values, "
                f"{variation.of!r} may be drawn at index {index}"
            )
        return index, values[index]
    if variation.kind == "deal":
        order = rng.permutation(len(values))
        return 0, [values[i] for i in order]
    if variation.kind == "color":
        taken = [resolve(f"${name}", parameters) for name in variation.differs_from]
        values = [color for color in (values or COLORS) if color not in taken]
        if not values:
            raise TaskError(f"task {task!r}: no colour is left for variation {variation.name!r}")
    if variation.kind == "integer":
        return 0, int(rng.integers(values[0], values[1]))
    index = int(rng.integers(len(values)))
    return index, values[index]


def _instruction(spec: TaskSpec, parameters: dict[str, Any], seed: int) -> str:
    rng = stream(seed, "task", spec.name, "instruction")
    template = spec.instructions[int(rng.integers(len(spec.instructions)))]
    return render_text(template, parameters, f"an instruction of task {spec.name!r}")


def _goal(goal: Goal, parameters: dict[str, Any], names: Sequence[str]) -> Goal:
    def resolved(items: tuple[PredicateSpec, ...]) -> tuple[PredicateSpec, ...]:
        return tuple(condition_of(item, parameters, names) for item in items)

    movable = resolve_names(goal.movable, parameters)
    for name in movable:
        if name not in names:
            raise TaskError(f"goal: movable object {name!r} does not exist. Objects: {', '.join(names)}")
    return Goal(paper=resolved(goal.paper), strict=resolved(goal.strict), movable=tuple(movable))


def condition_of(item: PredicateSpec, parameters: dict[str, Any], names: Sequence[str]) -> PredicateSpec:
    """A goal's condition with its expressions resolved, checked.

    Raises:
        TaskError: an expression is wrong.
        PredicateError: unknown predicate or object, or a wrong parameter.
    """
    params = resolve(item.params, parameters)
    validated(item.name, params, names)
    return PredicateSpec(name=item.name, params=params)


def _natural(name: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.*?)(\d*)", name)
    stem, number = match.groups() if match else (name, "")
    return stem, int(number or -1)


# --- objects -------------------------------------------------------------------------------------


def _things(spec: TaskSpec, parameters: dict[str, Any]) -> dict[str, Thing]:
    things: dict[str, Thing] = {}
    for item in spec.objects:
        thing = thing_of(item, parameters)
        if thing.placed.name in things:
            raise TaskError(f"task {spec.name!r}: two objects are called {thing.placed.name!r}")
        things[thing.placed.name] = thing
    return things


def thing_of(item: ObjectSpec, parameters: dict[str, Any]) -> Thing:
    """An object of a spec, its expressions resolved, without a place.

    Raises:
        TaskError: an expression or a parameter of the type is wrong.
        UnknownNameError: no such type or colour.
    """
    type_name = resolve_name(item.type, parameters)
    placed = PlacedObject(
        name=resolve_name(item.name, parameters),
        type=type_name,
        kind=item.kind or default_kind(type_name),
        color=resolve_name(item.color, parameters) if item.color else "",
        params=resolve(item.params, parameters),
        pose=_ORIGIN,
    )
    body = build_body(placed)
    return Thing(placed, body, local_rects(body))
