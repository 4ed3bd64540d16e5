"""Writes programs line by line: the two verbs take and put, and loops over them.

A mistake is a change in one verb, so it shows in every task that has the step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from blazer.agents.scripted.mistakes import Mistake, Slips
from blazer.agents.scripted.phrasing import Ref, Style, asking_for, loop_ref, refer_to, variable_for
from blazer.agents.scripted.reading import Item
from blazer.agents.scripted.understanding import GRASPABLE_M

TOO_HIGH_M = 0.15
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

    def each(
        self, things: Sequence[Item], write: Callable[[str, Ref], None], nearest_to: Ref | None = None
    ) -> None:
        """Write the same for several things: in a loop where one question finds them, else in turn.

        Args:
            things: In order.
            write: Given the index as an expression, and the thing.
            nearest_to: The order is by distance from there, instead of that of the state.
        """
        slips = self.slips
        if Mistake.SKIPPED_STEP in slips:
            # The step that is left out is the last thing, not a grasp.
            things = things[:-1]
            self.slips = slips - {Mistake.SKIPPED_STEP}
        found = asking_for(things, self.items, nearest_to) if self.style.refer == "query" else None
        if found is None or len(things) < 2:
            for index, item in enumerate(things):
                write(str(index), self.ref(item))
        else:
            variable = variable_for(things[0], self._variables)
            self.add(f"{variable}s = {found}", f"for index, {variable} in enumerate({variable}s):")
            start = len(self.lines)
            write("index", loop_ref(things[0], variable))
            self.lines[start:] = [f"    {line}" for line in self.lines[start:]]
        self.slips = slips

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
