"""A task as data: it goes to JSON and back, and building it needs no Python of its own.

Expressions: wherever a spec says `$name`, the value of the variation parameter `name` stands
(`"$target_color"`), so one spec covers colours and counts. Object references in goals may be
object names (`jar0`) or parameters (`$target`).
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from blazer.core.records import Pose, Record

SPEC_VERSION = 1


class ObjectSpec(Record):
    """One object: a catalogue entry with parameters.

    `color` is a colour name, "$param", or "" for the entry's own look.
    """

    name: str
    type: str
    """Name in the catalogue: box, jar, lid, bottle, ..."""
    params: dict[str, Any] = {}
    color: str = ""
    kind: str = ""
    """What the model is told it is; the catalogue's own word when empty."""


class Placement(Record):
    """Where objects are put at reset.

    `region`: uniform over one of `rects` (area-weighted), as (x, y, length, width) in the frame of
    the task's base. `fixed`: at `position_m` with `yaw_rad`. `at`: relative to another object.
    All in the task frame, which is itself placed on the table with a random yaw.
    """

    objects: tuple[str, ...]
    mode: Literal["region", "fixed", "relative", "slots"] = "region"
    rects_m: tuple[tuple[float, float, float, float], ...] = ()
    position_m: tuple[float, float, float] = (0.0, 0.0, 0.0)
    yaw_rad: tuple[float, float] = (-3.141592653589793, 3.141592653589793)
    """Range of the object's own yaw."""
    relative_to: str = ""
    slots_m: tuple[tuple[float, float], ...] = ()
    """mode `slots`: the objects are dealt over these points at random."""
    min_distance_m: float = 0.01
    """Free gap to every other object placed before."""
    min_center_distance_m: float = 0.0
    drop_height_m: float = 0.0


class PredicateSpec(Record):
    """One named condition of a goal."""

    name: str
    params: dict[str, Any] = {}


class Goal(Record):
    """`paper`: all must hold at the end. `strict`: these as well, beside the standard ones."""

    paper: tuple[PredicateSpec, ...]
    strict: tuple[PredicateSpec, ...] = ()
    movable: tuple[str, ...] = ()
    """Objects that the task is about and that may end elsewhere; all others must stay put."""


class Variation(Record):
    """How one parameter is drawn, in the order of the list.

    `choice`: one of `values`. `color`: one of the named colours, different from the parameters in
    `differs_from`. `count`: an integer of `values`. `derived`: `values` indexed by the parameter
    `of` (same index as drawn there).
    """

    name: str
    kind: Literal["choice", "color", "derived"]
    values: tuple[Any, ...] = ()
    differs_from: tuple[str, ...] = ()
    of: str = ""


class TaskSpec(Record):
    """Everything about a task."""

    spec_version: int = SPEC_VERSION
    name: str
    title: str
    description: str
    pool: Literal["train", "ood", "proposed"] = "train"
    source: str = ""
    """Where it comes from, and what differs from there."""
    variations: tuple[Variation, ...] = ()
    objects: tuple[ObjectSpec, ...]
    placements: tuple[Placement, ...]
    base_yaw_rad: tuple[float, float] = (-3.141592653589793, 3.141592653589793)
    """Range of the task frame's yaw on the table."""
    instructions: tuple[str, ...]
    """Jinja templates over the parameters."""
    goal: Goal
    time_limit_s: float = Field(default=60.0, gt=0)
    """Simulated."""


class PlacedObject(Record):
    """An object of an instance: everything resolved."""

    name: str
    type: str
    kind: str
    color: str
    params: dict[str, Any] = {}
    pose: Pose


class TaskInstance(Record):
    """A task with its seed drawn: what a worker on any machine needs to build the world."""

    task: str
    task_digest: str
    seed: int
    parameters: dict[str, Any]
    instruction: str
    objects: tuple[PlacedObject, ...]
    goal: Goal
    time_limit_s: float
