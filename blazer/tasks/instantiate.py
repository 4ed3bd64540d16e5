"""From a task and a seed to an instance: a pure function of both.

Every draw comes from a named stream of the seed, so that adding a wording does not move an object.
Physics plays no part: what is placed here is at rest because the catalogue's objects stand flat. The
goal is checked for unknown names here, before any simulator is started.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import jinja2
import numpy as np

from blazer.core.digest import digest
from blazer.core.errors import TaskError
from blazer.core.records import Pose
from blazer.core.rng import stream
from blazer.sim.scene import Scene
from blazer.tasks.catalogue import build_body, default_kind
from blazer.tasks.colors import COLORS
from blazer.tasks.expressions import resolve, resolve_name, resolve_names
from blazer.tasks.layout import local_rects
from blazer.tasks.placing import Thing, place_all
from blazer.tasks.predicates import validated
from blazer.tasks.spec import Goal, PlacedObject, PredicateSpec, TaskInstance, TaskSpec, Variation

_ORIGIN = Pose(position_m=(0.0, 0.0, 0.0))
_JINJA = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701  (plain text)


def instantiate(spec: TaskSpec, seed: int) -> TaskInstance:
    """The instance of a task that a seed stands for; equal for equal arguments, everywhere.

    Raises:
        TaskError: the spec contradicts itself (unknown parameter, object, type, constraint).
        PredicateError: its goal names an unknown predicate or object, or a wrong parameter.
        PlacementError: no room was found within the attempts allowed.
    """
    parameters = draw_parameters(spec, seed)
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
        taken = {resolve(f"${name}", parameters) for name in variation.differs_from}
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


def render_text(template: str, parameters: dict[str, Any], what: str) -> str:
    """A Jinja template over the parameters.

    Raises:
        TaskError: the template is malformed or names an unknown parameter.
    """
    try:
        return _template(template).render(parameters)
    except jinja2.TemplateError as error:
        known = ", ".join(parameters) or "none"
        raise TaskError(f"{what}: {error.message}. Parameters: {known}") from None


@lru_cache(maxsize=512)
def _template(text: str) -> jinja2.Template:
    return _JINJA.from_string(text)


def _goal(goal: Goal, parameters: dict[str, Any], names: Sequence[str]) -> Goal:
    def resolved(items: tuple[PredicateSpec, ...]) -> tuple[PredicateSpec, ...]:
        return tuple(PredicateSpec(name=i.name, params=resolve(i.params, parameters)) for i in items)

    paper, strict = resolved(goal.paper), resolved(goal.strict)
    for item in (*paper, *strict):
        validated(item.name, item.params, names)
    movable = resolve_names(goal.movable, parameters)
    for name in movable:
        if name not in names:
            raise TaskError(f"goal: movable object {name!r} does not exist. Objects: {', '.join(names)}")
    return Goal(paper=paper, strict=strict, movable=tuple(movable))


def _natural(name: str) -> tuple[str, int]:
    match = re.fullmatch(r"(.*?)(\d*)", name)
    stem, number = match.groups() if match else (name, "")
    return stem, int(number or -1)


# --- objects -------------------------------------------------------------------------------------


def _things(spec: TaskSpec, parameters: dict[str, Any]) -> dict[str, Thing]:
    things: dict[str, Thing] = {}
    for item in spec.objects:
        name = resolve_name(item.name, parameters)
        if name in things:
            raise TaskError(f"task {spec.name!r}: two objects are called {name!r}")
        type_name = resolve_name(item.type, parameters)
        placed = PlacedObject(
            name=name,
            type=type_name,
            kind=item.kind or default_kind(type_name),
            color=resolve_name(item.color, parameters) if item.color else "",
            params=resolve(item.params, parameters),
            pose=_ORIGIN,
        )
        body = build_body(placed)
        things[name] = Thing(placed, body, local_rects(body))
    return things
