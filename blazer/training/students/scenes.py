"""Scene texts to read: from the layouts of tasks, and from tables that no task lays.

A scene is a state at rest, written by the same function that writes prompts; nothing is simulated.
No instruction and no program belongs to one. Layouts of tasks come from collecting seeds alone.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from blazer.core.geometry import yaw_of_quat
from blazer.core.records import GripperState, ObjectState, WorldState
from blazer.prompts.render import state_text
from blazer.sim.layout import TABLE_TOP_Z_M, WORKSPACE_X_M, WORKSPACE_Y_M
from blazer.tasks.catalogue import TYPES, default_kind
from blazer.tasks.colors import COLORS
from blazer.tasks.instantiate import instantiate, scene_of
from blazer.tasks.library import get_task

LAYOUT_SEEDS = (700_000, 900_000)
"""Layouts for reading are drawn from these seeds; the end is exclusive. They are collecting seeds."""
_HAND = GripperState(position_m=(0.25, 0.0, 1.152), yaw_rad=0.0, opening_m=0.08, holding=None)


class Thing(NamedTuple):
    """What may be asked of one object of a scene.

    Attributes:
        name: `jar0`.
        kind: `jar`.
        color: "" where it has none of its own.
        position: As the text shows it.
        height: As the text shows it.
    """

    name: str
    kind: str
    color: str
    position: str
    height: str


class Scene(NamedTuple):
    """A state text and the objects in it."""

    text: str
    things: tuple[Thing, ...]


def kinds() -> tuple[str, ...]:
    """The kinds of all objects of the catalogue."""
    return tuple(sorted({default_kind(name) for name in TYPES.names()}))


def layout_scene(task: str, seed: int) -> Scene:
    """The scene that a task lays for a seed.

    Raises:
        UnknownNameError: there is no such task.
    """
    return _scene(
        [
            ObjectState(
                name=body.name,
                kind=body.kind,
                color=body.color,
                position_m=body.pose.position_m,
                quat_wxyz=body.pose.quat_wxyz,
                yaw_rad=yaw_of_quat(body.pose.quat_wxyz),
                size_m=body.size_m,
            )
            for body in scene_of(instantiate(get_task(task), seed)).bodies
            if body.listed
        ]
    )


def drawn_scene(rng: np.random.Generator, most: int = 8) -> Scene:
    """A table with two to `most` things of any kind, colour, size and place."""
    known, colors = kinds(), tuple(COLORS)
    few = rng.choice(len(known), size=int(rng.integers(1, 4)), replace=False)
    count = int(rng.integers(2, most + 1))
    chosen = sorted(known[few[int(rng.integers(len(few)))]] for _ in range(count))
    numbers: dict[str, int] = {}
    objects = []
    for kind in chosen:
        stem = "_".join(kind.split())
        number = numbers.get(stem, 0)
        numbers[stem] = number + 1
        color = colors[int(rng.integers(len(colors)))] if rng.random() < 0.9 else ""
        objects.append(_drawn(rng, f"{stem}{number}", kind, color))
    return _scene(objects)


def _drawn(rng: np.random.Generator, name: str, kind: str, color: str) -> ObjectState:
    length, width, height = (float(value) for value in rng.uniform(0.02, 0.3, size=3))
    yaw = float(rng.uniform(-math.pi, math.pi))
    x, y = float(rng.uniform(*WORKSPACE_X_M)), float(rng.uniform(*WORKSPACE_Y_M))
    return ObjectState(
        name=name,
        kind=kind,
        color=color,
        position_m=(x, y, TABLE_TOP_Z_M + height / 2),
        quat_wxyz=(math.cos(yaw / 2), 0.0, 0.0, math.sin(yaw / 2)),
        yaw_rad=yaw,
        size_m=(length, width, height),
    )


def _scene(objects: list[ObjectState]) -> Scene:
    text = state_text(WorldState(time_s=0.0, objects=tuple(objects), gripper=_HAND))
    return Scene(
        text, tuple(_thing(item, line) for item, line in zip(objects, text.splitlines()[1:], strict=False))
    )


def _thing(item: ObjectState, line: str) -> Thing:
    """The object with its numbers as its line of the text has them: never formatted a second time."""
    position = line[line.index("(") : line.index(")") + 1]
    return Thing(item.name, item.kind, item.color, position, line.rsplit(" x ", 1)[1])
