"""Programs for what was understood, in a style, with the mistakes that were drawn.

Each action is a short list of steps. Heights come from the objects' own sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from blazer.agents.scripted.mistakes import Mistake, Slips
from blazer.agents.scripted.phrasing import Ref, Style
from blazer.agents.scripted.reading import Item
from blazer.agents.scripted.spoiling import spoil
from blazer.agents.scripted.understanding import Action, Task
from blazer.agents.scripted.writer import TOO_HIGH_M, Place, Writer

DEEP_M = 0.1
"""Containers deeper than this are dropped into from above the rim."""


def _long(item: Item) -> bool:
    return item.length > 1.25 * item.width


def write_program(
    task: Task, items: Sequence[Item], table_z: float, style: Style, slips: Slips, rng: np.random.Generator
) -> str:
    """Source of a program for the task."""
    writer = Writer(items, table_z, style, slips)
    _ACTIONS[task.action](writer, task)
    source = "\n".join(writer.lines) + "\n"
    if "math." in source:
        source = "import math\n\n" + source
    return spoil(source, slips, rng)


# --- actions -------------------------------------------------------------------------------------


def _put_on(writer: Writer, task: Task) -> None:
    thing, goal = _pair(writer, task)
    z = f"{writer.top_of(goal)} + {thing.height} / 2 + 0.008"
    turned = goal.yaw if _long(thing.item) else ""
    skill = f"place_on({goal.name}{', ' + turned if turned else ''})"
    writer.carry(thing, Place(goal.x, goal.y, z, turned, skill))


def _put_in(writer: Writer, task: Task) -> None:
    if len(task.things) > 1:
        _put_all_in(writer, task)
        return
    thing, goal = _pair(writer, task)
    z = f"{writer.top_of(goal)} + {thing.height} / 2 + 0.012"
    skill = "" if goal.item.height > DEEP_M else f"place_in({goal.name})"
    turned = goal.yaw if _long(thing.item) and _long(goal.item) else ""
    writer.carry(thing, Place(goal.x, goal.y, z, turned, skill))


def _put_all_in(writer: Writer, task: Task) -> None:
    """Several things side by side along the container, each across it."""
    goal = _goal_of(writer, task)
    step_m = min(0.055, goal.item.length / (len(task.things) + 0.6))
    first_m = -step_m * (len(task.things) - 1) / 2

    def put_one(index: str, thing: Ref) -> None:
        if index.isdigit():
            along = f"{first_m + int(index) * step_m:.3f}"
        else:
            writer.add(f"along = {first_m:.3f} + {index} * {step_m:.3f}")
            along = "along"
        x = f"{goal.x} + {along} * math.cos({goal.yaw})"
        y = f"{goal.y} + {along} * math.sin({goal.yaw})"
        z = f"{writer.top_of(goal)} + {thing.height} / 2 + 0.005"
        writer.carry(thing, Place(x, y, z, f"{goal.yaw} + math.pi / 2"))

    writer.each(task.things, put_one)


def _thread(writer: Writer, task: Task) -> None:
    thing, goal = _pair(writer, task)
    z = f"{writer.top_of(goal)} + {thing.height} / 2 + 0.005"
    yaw = "" if Mistake.YAW_IGNORED in writer.slips else f", {goal.yaw}"
    writer.carry(thing, Place(goal.x, goal.y, z, goal.yaw, f"place_on({goal.name}{yaw})"))


def _close(writer: Writer, task: Task) -> None:
    thing, goal = _pair(writer, task)
    z = f"{writer.top_of(goal)} + {thing.height} / 2 + 0.004"
    writer.carry(thing, Place(goal.x, goal.y, z, "", f"place_on({goal.name})"))


def _stack(writer: Writer, task: Task) -> None:
    goal = _goal_of(writer, task)
    things = task.things if task.goal else task.things[1:]
    below = [goal]

    def put_one(index: str, thing: Ref) -> None:
        raised = "" if index == "0" else f" + {index} * {thing.height}"
        z = f"{writer.top_of(goal)}{raised} + {thing.height} / 2 + 0.006"
        skill = f"place_on({below[-1].name})" if index.isdigit() else ""
        writer.carry(thing, Place(goal.x, goal.y, z, "", skill))
        below.append(thing)

    writer.each(things, put_one, nearest_to=goal)


def _take_off(writer: Writer, task: Task) -> None:
    """To the first free point of a ring around the source, or of the thing itself without one."""
    thing = writer.ref(task.things[0])
    source = writer.ref(task.goal) if task.goal else thing
    rise = TOO_HIGH_M if Mistake.RELEASED_TOO_HIGH in writer.slips else 0.008
    if Mistake.CENTRE_FOR_TOP in writer.slips:
        rise += 0.1
    writer.slips, slips = writer.slips - {Mistake.RELEASED_TOO_HIGH}, writer.slips
    before = len(writer.lines)
    writer.carry(thing, Place("x", "y", "z"))
    body = writer.lines[before:]
    split = next(
        (i for i, line in enumerate(body) if "(x, y, z" in line or line.startswith("z =")), len(body)
    )
    comment = split > 0 and body[split - 1].startswith("# Put")
    split -= 1 if comment else 0
    writer.slips = slips
    search = [
        f"z = {writer.table_z} + {thing.height} / 2 + {rise}",
        "spots = []",
        "for side, across in [(0, 1), (0, -1), (-1, 0), (1, 0), (-1, 1), (-1, -1)]:",
        f"    dx = side * ({source.length} / 2 + 0.09)",
        f"    dy = across * ({source.width} / 2 + 0.09)",
        f"    sx = {source.x} + dx * math.cos({source.yaw}) - dy * math.sin({source.yaw})",
        f"    sy = {source.y} + dx * math.sin({source.yaw}) + dy * math.cos({source.yaw})",
        "    if is_collision_free((sx, sy, z)) and is_collision_free((sx, sy, z + 0.1)):",
        "        spots.append((sx, sy))",
        "x, y = spots[0]",
    ]
    writer.lines[before:] = [*body[:split], *search, *body[split:]]


def _unscrew(writer: Writer, task: Task) -> None:
    cap = writer.ref(task.things[0])
    slips = writer.slips
    writer.say("Grip the cap from above and turn it in strokes, counter-clockwise.")
    writer.add("open_gripper()")
    if Mistake.NO_APPROACH not in slips:
        writer.add(f"move_gripper(({cap.x}, {cap.y}, {cap.z} + 0.1), {cap.yaw})")
    writer.add(f"move_gripper(({cap.x}, {cap.y}, {cap.z}), {cap.yaw})")
    strokes = 1 if Mistake.SKIPPED_STEP in slips else 2
    turn = "-1.4" if Mistake.WRONG_ORDER in slips else "1.4"
    back = turn.removeprefix("-") if turn.startswith("-") else f"-{turn}"
    for stroke in range(strokes):
        writer.add("close_gripper()", f"rotate_gripper({turn})")
        if stroke < strokes - 1:
            writer.add("open_gripper()", f"rotate_gripper({back})")
    writer.say("Lift it off and lay it down beside the bottle.")
    writer.add(f"move_gripper(({cap.x}, {cap.y}, {cap.z} + 0.1))")
    if Mistake.FORGOT_TO_OPEN in slips:
        return
    z = f"{writer.table_z} + {cap.height} / 2 + 0.006"
    writer.add(
        "for angle in [0, 1, -1, 2, -2, 3]:",
        f"    spot = ({cap.x} + 0.15 * math.cos(angle), {cap.y} + 0.15 * math.sin(angle), {z})",
        "    if is_collision_free(spot):",
        "        place_at(spot)",
        "        break",
    )


def _pair(writer: Writer, task: Task) -> tuple[Ref, Ref]:
    return writer.ref(task.things[0]), _goal_of(writer, task)


def _goal_of(writer: Writer, task: Task) -> Ref:
    """The goal; where the instruction names none, the first thing stands for it."""
    return writer.ref(task.goal or task.things[0])


_ACTIONS: dict[Action, Callable[[Writer, Task], None]] = {
    Action.PUT_ON: _put_on,
    Action.PUT_IN: _put_in,
    Action.THREAD: _thread,
    Action.CLOSE: _close,
    Action.STACK: _stack,
    Action.UNSCREW: _unscrew,
    Action.TAKE_OFF: _take_off,
}
