"""Programs for what was understood, in a style, with the mistakes that were drawn.

Each action is a short list of steps over two verbs, take and put, so that a mistake is a change
in one place and shows in every task that has the step. Heights come from the objects' own sizes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from blazer.agents.scripted.mistakes import Mistake, Slips
from blazer.agents.scripted.phrasing import Ref, Style, refer_to, variable_for
from blazer.agents.scripted.reading import Item
from blazer.agents.scripted.spoiling import spoil
from blazer.agents.scripted.understanding import GRASPABLE_M, Action, Task

TOO_HIGH_M = 0.15
DEEP_M = 0.1
"""Containers deeper than this are dropped into from above the rim."""
TALL_M = 0.06
"""Things taller than this are grasped nearer to their top."""
_PLACING = frozenset({Mistake.FORGOT_TO_OPEN, Mistake.RELEASED_TOO_HIGH, Mistake.CENTRE_FOR_TOP})
"""Mistakes that need the place to be written out."""


class Place(NamedTuple):
    """Where a thing's centre goes, as expressions.

    Attributes:
        x, y, z: The point.
        yaw: Of the gripper on release; "" leaves it as it is.
        skill: A composed skill that does the same.
    """

    x: str
    y: str
    z: str
    yaw: str = ""
    skill: str = ""


class Writer:
    """Collects the lines of a program."""

    def __init__(self, items: Sequence[Item], table_z: float, style: Style, slips: Slips) -> None:
        self.items, self.table_z, self.style, self.slips = items, table_z, style, slips
        self.lines: list[str] = []
        self._variables: set[str] = set()

    def ref(self, item: Item) -> Ref:
        """Define an object and return its expressions."""
        ref = refer_to(item, variable_for(item, self._variables), self.items, self.style)
        self.lines += ref.lines
        return ref

    def say(self, comment: str) -> None:
        """A comment, where the style has them."""
        if self.style.comments:
            self.lines.append(f"# {comment}")

    def add(self, *lines: str) -> None:
        """Lines as they are."""
        self.lines += lines

    def top_of(self, ref: Ref) -> str:
        """Expression for the height of an object's upper side."""
        return ref.z if Mistake.CENTRE_FOR_TOP in self.slips else f"{ref.z} + {ref.height} / 2"

    def carry(self, thing: Ref, place: Place) -> None:
        """Take a thing and put it somewhere: in this order, unless that is the mistake."""
        composed = not self.style.primitive
        if composed and Mistake.WRONG_ORDER in self.slips:
            self.put(thing, place)
            self.take(thing)
            return
        if not (composed and Mistake.SKIPPED_STEP in self.slips):
            self.take(thing)
        self.put(thing, place)

    def take(self, thing: Ref) -> None:
        """Get hold of a thing."""
        self.say(f"Take the {thing.item.kind}.")
        ignored = Mistake.YAW_IGNORED in self.slips
        if not self.style.primitive:
            self.add(f"pick({thing.name}{', yaw=0.0' if ignored else ''})")
            return
        across = "" if thing.item.width <= GRASPABLE_M else " + 1.5708"
        yaw = "0.0" if ignored else f"{thing.yaw}{across}"
        self.add("open_gripper()")
        if Mistake.NO_APPROACH not in self.slips:
            self.add(f"move_gripper(({thing.x}, {thing.y}, {thing.z} + 0.12), {yaw})")
        down = f"move_gripper(({thing.x}, {thing.y}, {thing.z}{_grip(thing.item)}), {yaw})"
        close = [] if Mistake.SKIPPED_STEP in self.slips else ["close_gripper()"]
        self.add(*([*close, down] if Mistake.WRONG_ORDER in self.slips else [down, *close]))
        if Mistake.NO_APPROACH not in self.slips:
            self.add(f"move_gripper(({thing.x}, {thing.y}, {thing.z} + 0.15), {yaw})")

    def put(self, thing: Ref, place: Place) -> None:
        """Bring the held thing's centre to a place and let go."""
        self.say(f"Put the {thing.item.kind} in its place.")
        composed = not self.style.primitive
        if composed and place.skill and not self.slips & _PLACING:
            self.add(place.skill)
            return
        z = f"{place.z} + {TOO_HIGH_M}" if Mistake.RELEASED_TOO_HIGH in self.slips else place.z
        yaw = f", {place.yaw}" if place.yaw and Mistake.YAW_IGNORED not in self.slips else ""
        if composed and Mistake.FORGOT_TO_OPEN not in self.slips:
            self.add(f"place_at(({place.x}, {place.y}, {z}){yaw})")
            return
        z += "" if composed else _grip(thing.item)
        point = {"x": place.x, "y": place.y, "z": z}
        self.add(*(f"{name} = {term}" for name, term in point.items() if term != name))
        if Mistake.NO_APPROACH not in self.slips:
            self.add(f"move_gripper((x, y, z + 0.1){yaw})")
        self.add(f"move_gripper((x, y, z){yaw})")
        if Mistake.FORGOT_TO_OPEN not in self.slips:
            self.add("open_gripper()")
        self.add("move_gripper((x, y, z + 0.1))")


def _grip(item: Item) -> str:
    """How far above its centre a thing is grasped, as a term to add."""
    return f" + {item.height / 2 - 0.025:.3f}" if item.height > TALL_M else ""


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
    things = list(task.things)
    slips = writer.slips
    if Mistake.SKIPPED_STEP in slips:
        things.pop()
        writer.slips = slips - {Mistake.SKIPPED_STEP}
    step_m = min(0.055, goal.item.length / (len(task.things) + 0.6))
    for index, item in enumerate(things):
        along = f"{(index - (len(task.things) - 1) / 2) * step_m:.3f}"
        thing = writer.ref(item)
        x = f"{goal.x} + {along} * math.cos({goal.yaw})"
        y = f"{goal.y} + {along} * math.sin({goal.yaw})"
        z = f"{writer.top_of(goal)} + {thing.height} / 2 + 0.005"
        writer.carry(thing, Place(x, y, z, f"{goal.yaw} + math.pi / 2"))
    writer.slips = slips


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
    things = list(task.things)
    slips = writer.slips
    if Mistake.SKIPPED_STEP in slips:
        things.pop()
        writer.slips = slips - {Mistake.SKIPPED_STEP}
    if task.goal is None:
        things.pop(0)
    below = goal
    heights = ""
    for item in things:
        thing = writer.ref(item)
        z = f"{writer.top_of(goal)}{heights} + {thing.height} / 2 + 0.006"
        writer.carry(thing, Place(goal.x, goal.y, z, "", f"place_on({below.name})"))
        heights += f" + {thing.height}"
        below = thing
    writer.slips = slips


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
