"""How a program speaks: its style, and how it refers to the objects of the state.

Styles differ as language models' programs do: asking for objects by their properties, by name, or
pasting the numbers of the state; composed skills or primitives; with comments or without.
"""

from __future__ import annotations

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
        lines=(f"{variable} = {call or f'get_object({item.name!r})'}".replace("'", '"'),),
    )


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
