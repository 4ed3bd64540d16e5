"""How a program speaks: its style, and how it refers to the objects of the state.

Styles differ as language models' programs do: asking for objects by their properties, by name, or
pasting the numbers of the state; composed skills or primitives; with comments or without.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from blazer.agents.scripted.reading import Item

Refer = Literal["query", "name", "pasted"]


class Style(NamedTuple):
    """How a program is written.

    Attributes:
        refer: By properties, by name, or by pasted numbers.
        primitive: Moves of its own instead of the composed skills.
        comments: Says what it does.
    """

    refer: Refer
    primitive: bool
    comments: bool


def draw_style(rng: np.random.Generator) -> Style:
    """A style."""
    draw = rng.random()
    refer: Refer = "query" if draw < 0.5 else "name" if draw < 0.75 else "pasted"
    return Style(refer, primitive=bool(rng.random() < 0.4), comments=bool(rng.random() < 0.6))


class Ref(NamedTuple):
    """Expressions for one object in the program."""

    item: Item
    name: str
    x: str
    y: str
    z: str
    yaw: str
    length: str
    width: str
    height: str
    lines: tuple[str, ...]
    """What must stand before the expressions may be used."""


def refer_to(item: Item, variable: str, items: Sequence[Item], style: Style) -> Ref:
    """Expressions for `item` in this style."""
    if style.refer == "pasted":
        return Ref(
            item,
            name=f'"{item.name}"',
            x=f"{variable}[0]",
            y=f"{variable}[1]",
            z=f"{variable}[2]",
            yaw=f"{item.yaw:.4f}",
            length=f"{item.length:.4f}",
            width=f"{item.width:.4f}",
            height=f"{item.height:.4f}",
            lines=(f"{variable} = ({item.x:.4f}, {item.y:.4f}, {item.z:.4f})",),
        )
    call = _query(item, items) if style.refer == "query" else None
    line = f"{variable} = {call or f'get_object({item.name!r})'}".replace("'", '"')
    return loop_ref(item, variable)._replace(lines=(line,))


def loop_ref(item: Item, variable: str) -> Ref:
    """Expressions for an object that a variable already holds."""
    return Ref(
        item,
        name=f"{variable}.name",
        x=f"{variable}.position[0]",
        y=f"{variable}.position[1]",
        z=f"{variable}.position[2]",
        yaw=f"{variable}.yaw",
        length=f"{variable}.length",
        width=f"{variable}.width",
        height=f"{variable}.height",
        lines=(),
    )


def asking_for(things: Sequence[Item], items: Sequence[Item], nearest_to: Ref | None) -> str | None:
    """A question whose answer is these things in this order; None if they are not of one kind."""
    if not things:
        return None
    kind, color = things[0].kind, things[0].color
    if any(thing.kind != kind for thing in things):
        return None
    one_color = bool(color) and all(thing.color == color for thing in things)
    matching = [i for i in items if i.kind == kind and (i.color == color or not one_color)]
    asked = f'get_objects(kind="{kind}"' + (f', color="{color}")' if one_color else ")")
    if nearest_to is not None:
        place = nearest_to.item
        matching.sort(key=lambda i: math.hypot(i.x - place.x, i.y - place.y))
        point = f"({nearest_to.x}, {nearest_to.y})"
        asked = f"sorted({asked}, key=lambda found: math.dist(found.position[:2], {point}))"
    if matching[: len(things)] != list(things):
        return None
    return asked if len(matching) == len(things) else f"{asked}[:{len(things)}]"


def _query(item: Item, items: Sequence[Item]) -> str | None:
    """A question whose answer is this object, by kind, colour or place; None if there is none."""
    alike = [other for other in items if other.kind == item.kind]
    if len(alike) == 1:
        return f"get_objects(kind={item.kind!r})[0]"
    same = [other for other in alike if other.color == item.color]
    if item.color and len(same) == 1:
        return f"get_objects(kind={item.kind!r}, color={item.color!r})[0]"
    by_y = sorted(same, key=lambda other: other.y)
    asked = f"get_objects(kind={item.kind!r}" + (f", color={item.color!r})" if item.color else ")")
    if item in (by_y[0], by_y[-1]):
        pick = "min" if item is by_y[0] else "max"
        return f"{pick}({asked}, key=lambda found: found.position[1])"
    return None


def variable_for(item: Item, taken: set[str]) -> str:
    """A readable variable name that is not taken yet."""
    base = "_".join(item.kind.split()) or "thing"
    base = base if base.isidentifier() else "thing"
    name, number = base, 2
    while name in taken or name in _RESERVED:
        name, number = f"{base}_{number}", number + 1
    taken.add(name)
    return name


_RESERVED = frozenset({"pick", "print", "list", "math", "min", "max", "found"})
