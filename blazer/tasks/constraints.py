"""What must hold between the objects of a fresh layout; a layout that breaks one is drawn again.

Pure functions over the objects' centres in the world frame. Not goal predicates: those judge the end.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from pydantic import Field, ValidationError

from blazer.core.errors import TaskError
from blazer.core.records import Record
from blazer.core.registry import Registry
from blazer.tasks.texts import validation_text

Centres = Mapping[str, tuple[float, float]]


class OrderedParams(Record):
    """Objects from the first to the last."""

    objects: tuple[str, ...] = Field(min_length=2)
    margin_m: float = Field(default=0.05, ge=0)


class NearestParams(Record):
    """`object` is nearer to `to` than to any of `than`."""

    object: str
    to: str
    than: tuple[str, ...]
    margin_m: float = Field(default=0.05, ge=0)


def left_to_right(p: OrderedParams, centres: Centres) -> bool:
    """The objects stand from left to right as the robot sees them: its left is +y."""
    ys = [centres[name][1] for name in p.objects]
    return all(first - second >= p.margin_m for first, second in pairwise(ys))


def nearest(p: NearestParams, centres: Centres) -> bool:
    """One object is clearly the nearest."""
    here = centres[p.object]
    own = math.dist(here, centres[p.to])
    return all(math.dist(here, centres[name]) - own >= p.margin_m for name in p.than)


_Check = tuple[type[Record], Callable[[Any, Centres], bool]]
CONSTRAINTS: Registry[_Check] = Registry("placement constraint")
CONSTRAINTS.add("left_to_right", (OrderedParams, left_to_right))
CONSTRAINTS.add("nearest", (NearestParams, nearest))


def constraint_holds(name: str, params: dict[str, Any], centres: Centres) -> bool:
    """Whether the layout keeps the constraint.

    Raises:
        UnknownNameError: no such constraint.
        TaskError: wrong parameters, or an object that does not exist.
    """
    return CONSTRAINTS.get(name)[1](validated_constraint(name, params, centres), centres)


def validated_constraint(name: str, params: dict[str, Any], objects: Iterable[str]) -> Record:
    """The parameters of a constraint, checked against its record and the objects there are.

    Raises:
        UnknownNameError: no such constraint.
        TaskError: wrong parameters, or an object that does not exist.
    """
    record, _ = CONSTRAINTS.get(name)
    try:
        checked = record.model_validate(params)
    except ValidationError as error:
        known = ", ".join(record.model_fields)
        raise TaskError(f"constraint {name!r}: {validation_text(error)}. Parameters: {known}") from None
    there = tuple(objects)
    used = checked.objects if isinstance(checked, OrderedParams) else ()
    if isinstance(checked, NearestParams):
        used = (checked.object, checked.to, *checked.than)
    for item in used:
        if item not in there:
            raise TaskError(f"constraint {name!r}: no object {item!r}. Objects: {', '.join(there)}")
    return checked
