"""A task as data: it goes to JSON and back, and building it needs no Python of its own.

Not here: what the words mean. Object types live in `catalogue`, goal predicates in `predicates`,
placement constraints in `constraints`; this module is only their grammar.

Expressions: wherever a field says "expression", the string `$name` stands for the value of the
variation parameter `name`, and `$name[2]` for one item of a list; so one spec covers colours,
counts and the dealing of names. Names are dealt on purpose: if the target were always `jar0`, a
program could solve the task without reading the instruction.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from blazer.core.records import Finite, Pose, Record
from blazer.sim.layout import REACH_RADIUS_M

SPEC_VERSION: Literal[1] = 1
PI = 3.141592653589793
MAX_M = 10.0
"""Of every coordinate in a spec; far beyond any table."""
MAX_ITEMS = 64
"""Of every list in a spec; bounds the work that a spec can ask for."""


def _ordered(value: tuple[float, float]) -> tuple[float, float]:
    if not -100.0 <= value[0] <= value[1] <= 100.0:
        raise ValueError("a range is [low, high], low <= high, both within 100")
    return value


Range = Annotated[tuple[Finite, Finite], AfterValidator(_ordered)]
Meters = Annotated[float, Field(ge=-MAX_M, le=MAX_M, allow_inf_nan=False)]
Extent = Annotated[float, Field(gt=0, le=MAX_M, allow_inf_nan=False)]


class ObjectSpec(Record):
    """One object: a catalogue entry with parameters."""

    name: str
    """Neutral and unique ("jar0"), or an expression ("$jars[0]")."""
    type: str
    """Name in the catalogue (box, jar, lid, bottle, ...), or an expression."""
    params: dict[str, Any] = {}
    """Of the catalogue entry; values may be expressions."""
    color: str = ""
    """A colour name, an expression, or "" for the entry's own look."""
    kind: str = ""
    """What the model is told it is; the catalogue's own word when empty."""


class Placement(Record):
    """Where objects are put at reset, in the order of the list.

    `region`: uniform over one of `rects_m` (area-weighted), each (x, y, length, width) with its
    centre at x, y. `fixed`: at `position_m`. `relative`: at `position_m` in the frame of
    `relative_to`. `slots`: the objects are dealt over the points `slots_m` at random.
    All but `relative` are in the task frame, which is itself put on the table at random. The z of
    a position is the height of the object's underside above the table (for `relative`: above the
    table too).
    """

    objects: tuple[str, ...]
    """Names, or expressions."""
    mode: Literal["region", "fixed", "relative", "slots"] = "region"
    rects_m: tuple[tuple[Meters, Meters, Extent, Extent], ...] = Field(default=(), max_length=MAX_ITEMS)
    position_m: tuple[Meters, Meters, Meters] = (0.0, 0.0, 0.0)
    yaw_rad: Range = (-PI, PI)
    """Range of the object's own yaw, relative to the frame it is placed in."""
    relative_to: str = ""
    slots_m: tuple[tuple[Meters, Meters], ...] = Field(default=(), max_length=MAX_ITEMS)
    gap_m: float = Field(default=0.02, ge=0)
    """Free gap to every object placed before."""
    center_distance_m: float = Field(default=0.0, ge=0)
    """Least distance between its centre and that of every object of the same placement."""
    touching: tuple[str, ...] = ()
    """Objects it may touch or stand on or in: no gap is asked for to these."""

    @model_validator(mode="after")
    def _complete(self) -> Placement:
        if self.mode == "region" and not self.rects_m:
            raise ValueError("a placement of mode 'region' needs at least one rectangle in rects_m")
        if self.mode == "relative" and not self.relative_to:
            raise ValueError("a placement of mode 'relative' needs relative_to")
        if self.mode == "slots" and len(self.slots_m) < len(self.objects):
            raise ValueError(
                f"{len(self.objects)} objects cannot be dealt over {len(self.slots_m)} slots_m: "
                "give at least as many slots as objects"
            )
        return self


class PredicateSpec(Record):
    """One named condition; parameters may be expressions."""

    name: str
    params: dict[str, Any] = {}


class Goal(Record):
    """`paper`: all must hold at the end. `strict`: these as well, beside the standard ones."""

    paper: tuple[PredicateSpec, ...] = Field(min_length=1, max_length=MAX_ITEMS)
    strict: tuple[PredicateSpec, ...] = Field(default=(), max_length=MAX_ITEMS)
    movable: tuple[str, ...] = ()
    """Objects that the task is about and that may end elsewhere; all others must stay put."""


class Variation(Record):
    """How one parameter is drawn, in the order of the list.

    `choice`: one of `values`. `color`: one of the named colours (or of `values` where given) that
    differs from the parameters in `differs_from`. `deal`: all of `values` in a random order.
    `derived`: the item of `values` at the index that the parameter `of` was drawn at. `integer`: from
    `values[0]` up to, but not, `values[1]`.
    Values may be expressions over earlier parameters.
    """

    name: str
    kind: Literal["choice", "color", "deal", "derived", "integer"]
    values: tuple[Any, ...] = ()
    differs_from: tuple[str, ...] = ()
    of: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Variation:
        if self.kind != "color" and not self.values:
            raise ValueError(f"variation {self.name!r} of kind {self.kind!r} needs values")
        if self.kind == "integer" and not (
            len(self.values) == 2
            and all(isinstance(v, int) and abs(v) < 10**9 for v in self.values)
            and self.values[0] < self.values[1]
        ):
            raise ValueError(
                f"variation {self.name!r} of kind 'integer' needs values [low, high], low < high"
            )
        if self.kind == "derived" and not self.of:
            raise ValueError(f"variation {self.name!r} of kind 'derived' needs `of`")
        return self


class TaskSpec(Record):
    """Everything about a task."""

    spec_version: Literal[1] = SPEC_VERSION
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")
    title: str
    description: str
    pool: Literal["train", "ood", "proposed"] = "train"
    source: str = ""
    """Where it comes from, and what differs from there."""
    variations: tuple[Variation, ...] = Field(default=(), max_length=MAX_ITEMS)
    objects: tuple[ObjectSpec, ...] = Field(min_length=1, max_length=MAX_ITEMS)
    placements: tuple[Placement, ...] = Field(min_length=1, max_length=MAX_ITEMS)
    constraints: tuple[PredicateSpec, ...] = Field(default=(), max_length=MAX_ITEMS)
    """What must hold between the objects at reset (`constraints.CONSTRAINTS`)."""
    base_yaw_rad: Range = (-PI, PI)
    """Range of the task frame's yaw on the table."""
    reach: tuple[str, ...] = ()
    """Objects that the robot must get to; every listed object when empty."""
    reach_radius_m: Range = REACH_RADIUS_M
    """Horizontal distances from the robot's base within which they must lie."""
    instructions: tuple[str, ...] = Field(min_length=1, max_length=MAX_ITEMS)
    """Templates over the parameters, in the small language of `templates`."""
    goal: Goal
    time_limit_s: float = Field(default=60.0, gt=0, le=3600.0)
    """Simulated."""


class PlacedObject(Record):
    """An object of an instance: everything resolved."""

    name: str
    type: str
    kind: str
    color: str
    params: dict[str, Any] = {}
    pose: Pose
    """Of the body's origin, the centre of its bounding box, in the world frame."""


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
