"""From a placed object to the body a simulator builds."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import ValidationError

from blazer.core.errors import TaskError
from blazer.core.records import Record, Vec3
from blazer.core.registry import Registry
from blazer.sim.scene import Body, Part
from blazer.tasks.catalogue import containers, fixtures, food, solids, vessels
from blazer.tasks.catalogue.shapes import Shape, centred
from blazer.tasks.colors import Rgb, rgb_of
from blazer.tasks.spec import PlacedObject
from blazer.tasks.texts import validation_text


class ObjectType(NamedTuple):
    """One entry of the catalogue.

    Attributes:
        kind: What a model is told it is.
        params: Record of its parameters with their defaults.
        build: Makes the shape from the parameters and a colour.
        rgb: Own look, where no colour is named.
        doc: One line for people.
    """

    kind: str
    params: type[Record]
    build: Callable[[Any, Rgb], Shape]
    rgb: Rgb
    doc: str


TYPES: Registry[ObjectType] = Registry("object type")

for _module in (solids, vessels, containers, fixtures, food):
    for _name, _kind, _params, _build, _rgb in _module.ENTRIES:
        _doc = (_build.__doc__ or "").strip().splitlines()[0]
        TYPES.add(_name, ObjectType(_kind, _params, _build, _rgb, _doc))


def default_kind(type_name: str) -> str:
    """What an object of this type is called when its spec does not say.

    Raises:
        UnknownNameError: no such type.
    """
    return TYPES.get(type_name).kind


def validated_params(name: str, type_name: str, params: dict[str, Any]) -> Record:
    """The parameters of an object, checked and filled up.

    Raises:
        UnknownNameError: no such type.
        TaskError: a parameter is unknown or out of range; names the ones that exist.
    """
    entry = TYPES.get(type_name)
    try:
        return entry.params.model_validate(params)
    except ValidationError as error:
        known = ", ".join(entry.params.model_fields) or "none"
        raise TaskError(
            f"object {name!r} of type {type_name!r}: {validation_text(error)}. Parameters: {known}"
        ) from None


@lru_cache(maxsize=1024)
def _shaped(type_name: str, params: Record, color: str) -> tuple[Shape, tuple[Part, ...], Vec3]:
    """The shape, its parts about its centre, and its size: equal things differ in their place alone."""
    entry = TYPES.get(type_name)
    shape = entry.build(params, rgb_of(color) if color else entry.rgb)
    return shape, *centred(shape.parts)


def build_body(placed: PlacedObject, *, listed: bool = True) -> Body:
    """The body of a placed object, origin at the centre of its bounding box.

    Raises:
        UnknownNameError: no such type or colour.
        TaskError: wrong parameters.
    """
    entry = TYPES.get(placed.type)
    params = validated_params(placed.name, placed.type, placed.params)
    shape, parts, size_m = _shaped(placed.type, params, placed.color)
    return Body(
        name=placed.name,
        kind=placed.kind or entry.kind,
        color=placed.color,
        parts=parts,
        size_m=size_m,
        pose=placed.pose,
        mass_kg=shape.mass_kg,
        fixed=shape.fixed,
        graspable=shape.graspable,
        friction=shape.friction,
        mechanism=shape.mechanism,
        listed=listed,
    )
