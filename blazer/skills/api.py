"""The skill API, declared once.

The prompt's API section, the policy's allow-list of names, the guest's stubs and the wire schema
are all generated from `SKILLS`; nothing else names a skill's arguments. This module holds data
only and imports no simulator, so that the guest's side can be generated from it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class ArgType(StrEnum):
    """What may cross the wire as an argument."""

    POSITION = "position"
    """Three finite numbers: x, y, z in metres, world frame."""
    ANGLE = "angle"
    """A finite number: radians."""
    NUMBER = "number"
    NAME = "name"
    """The name of an object."""
    NAMES = "names"
    """A list of names of objects."""
    TEXT = "text"
    FLAG = "flag"


class ResultType(StrEnum):
    """What comes back."""

    NOTHING = "nothing"
    OBJECT = "object"
    OBJECTS = "objects"
    GRIPPER = "gripper"
    FLAG = "flag"
    NAME = "name"


class Param(NamedTuple):
    """One argument of a skill. `optional` ones may be None or left out."""

    name: str
    type: ArgType
    doc: str
    optional: bool = False
    default: Any = None


class Skill(NamedTuple):
    """One callable of the API."""

    name: str
    doc: str
    params: tuple[Param, ...]
    returns: ResultType
    group: str
    """`primitive`, `query` or `composed`."""
    moves: bool
    """Takes simulated time."""


_POSITION = Param("position", ArgType.POSITION, "(x, y, z) of the point between the finger pads, in metres")
_YAW = Param(
    "yaw", ArgType.ANGLE, "gripper angle about the vertical in radians; kept as it is when left out", True
)
_TOUCH = Param(
    "allow_contact_with",
    ArgType.NAMES,
    "names of objects that may be touched on purpose, for pushing or pressing; the move may end early "
    "against them",
    True,
)

SKILLS: tuple[Skill, ...] = (
    Skill(
        "open_gripper",
        "Open the gripper fully and let go of whatever it holds.",
        (),
        ResultType.NOTHING,
        "primitive",
        True,
    ),
    Skill(
        "close_gripper",
        "Close the gripper and return the name of the object it then holds. "
        "Raises GraspMissed when nothing is held, unless require_grasp is False.",
        (Param("require_grasp", ArgType.FLAG, "False to close on nothing, for pushing", True, True),),
        ResultType.NAME,
        "primitive",
        True,
    ),
    Skill(
        "move_gripper",
        "Move the gripper, which always points down, along a path that touches nothing. "
        "Raises Unreachable, PathBlocked or UnexpectedContact.",
        (_POSITION, _YAW, _TOUCH),
        ResultType.NOTHING,
        "primitive",
        True,
    ),
    Skill(
        "get_objects",
        "All objects, or those of a kind and/or a colour, in the order of the state.",
        (
            Param("kind", ArgType.TEXT, 'such as "jar"', True),
            Param("color", ArgType.TEXT, 'such as "red"', True),
        ),
        ResultType.OBJECTS,
        "query",
        False,
    ),
    Skill(
        "get_object",
        "The object of that name as it is now.",
        (Param("name", ArgType.NAME, 'such as "jar0"'),),
        ResultType.OBJECT,
        "query",
        False,
    ),
    Skill("gripper_pose", "The gripper as it is now.", (), ResultType.GRIPPER, "query", False),
    Skill(
        "is_reachable",
        "Whether the arm can reach a pose, obstacles aside.",
        (_POSITION, _YAW),
        ResultType.FLAG,
        "query",
        False,
    ),
    Skill(
        "is_collision_free",
        "Whether the arm, with what it holds, can be at a pose without touching anything.",
        (_POSITION, _YAW),
        ResultType.FLAG,
        "query",
        False,
    ),
    Skill(
        "pick",
        "Open, go above the object, lower to its centre (of a tall object: to as low as the palm stays "
        "clear), close and lift. Returns the name of what is held.",
        (
            Param("name", ArgType.NAME, "the object to pick"),
            Param(
                "yaw",
                ArgType.ANGLE,
                "when left out, the object's own or, where only that fits, a quarter turn from it",
                True,
            ),
        ),
        ResultType.NAME,
        "composed",
        True,
    ),
    Skill(
        "place_at",
        "Carry the held object above a point, lower its centre to that point, let go and retreat upwards.",
        (
            Param("position", ArgType.POSITION, "(x, y, z) for the centre of the held object, in metres"),
            Param("yaw", ArgType.ANGLE, "gripper angle on release; kept as it is when left out", True),
        ),
        ResultType.NOTHING,
        "composed",
        True,
    ),
    Skill(
        "place_on",
        "Put the held object on top of another one, centred, let go and retreat upwards.",
        (
            Param("name", ArgType.NAME, "the object to put it on"),
            Param("yaw", ArgType.ANGLE, "gripper angle on release; kept as it is when left out", True),
        ),
        ResultType.NOTHING,
        "composed",
        True,
    ),
    Skill(
        "place_in",
        "Let go of the held object inside a hollow one (bin, bowl, basket, container, hoop), centred and as "
        "low as hand and object fit, and retreat upwards.",
        (
            Param("name", ArgType.NAME, "the hollow object"),
            Param("yaw", ArgType.ANGLE, "gripper angle on release; kept as it is when left out", True),
        ),
        ResultType.NOTHING,
        "composed",
        True,
    ),
    Skill(
        "rotate_gripper",
        "Turn the gripper about the vertical on the spot, with what it holds; positive is counter-clockwise "
        "seen from above. Raises Unreachable with the largest turn that is possible.",
        (Param("angle", ArgType.ANGLE, "how far to turn, in radians"),),
        ResultType.NOTHING,
        "composed",
        True,
    ),
)

OBJECT_FIELDS: dict[str, str] = {
    "name": "str, unique",
    "kind": 'str, such as "jar"',
    "color": 'str, "" if it has none of its own',
    "position": "(x, y, z) of the centre in metres",
    "yaw": "angle about the vertical in radians",
    "length": "along its own x axis, in metres",
    "width": "along its own y axis, in metres",
    "height": "in metres",
}
"""Attributes of what `get_object` returns, in wire order."""

GRIPPER_FIELDS: dict[str, str] = {
    "position": "(x, y, z) of the point between the finger pads in metres",
    "yaw": "angle about the vertical in radians",
    "opening": "distance between the pads in metres",
    "holding": "name of the held object, or None",
}
"""Attributes of what `gripper_pose` returns, in wire order."""

SKILL_ERRORS: dict[str, str] = {
    "SkillError": "base of the ones below",
    "SkillMisuse": "an argument has the wrong name, type, shape or value",
    "Unreachable": "no arm configuration reaches the pose",
    "PathBlocked": "every path there, or the pose itself, is in collision",
    "UnexpectedContact": "something was hit on the way",
    "GraspMissed": "the fingers closed without a hold",
}
"""Exceptions a program may catch by name."""

RULES: tuple[str, ...] = (
    "Metres, radians, world frame: x points away from the robot, y to its left, z up.",
    "The gripper always points down. Positions are those of the point between the finger pads.",
    "The fingers are thin along the gripper's x axis and close along its y axis: with yaw equal to "
    "an object's yaw they close on the object's width, which must be less than the full opening.",
    "Yaw grows counter-clockwise seen from above. With nothing held, yaw and yaw + pi are the same "
    "grasp and the arm takes the easier one; what is held is turned as asked, the shorter way.",
    "Moves avoid every object and the table by themselves, also with what is held. "
    "To touch something on purpose, name it in allow_contact_with.",
    "Let go where the held object's underside is at most about 0.02 above what it shall rest on.",
    "One wrist cannot turn for ever: for long turns, turn, open, turn back, close and turn again.",
)
"""Conventions that every program needs, for the prompt."""

SKILLS_BY_NAME: dict[str, Skill] = {skill.name: skill for skill in SKILLS}

SLEEP = Skill(
    "time.sleep",
    "Let simulated time pass, the robot holding still.",
    (Param("seconds", ArgType.NUMBER, "how long, not negative"),),
    ResultType.NOTHING,
    "clock",
    True,
)
"""What Python's own `time.sleep` does in an episode. Not a skill to be learned: no prompt lists it, and
it is no name in a program. For the channel, the world and the trace it is a call like the others."""

CALLABLE: dict[str, Skill] = {**SKILLS_BY_NAME, SLEEP.name: SLEEP}
"""All that may cross the channel as a call."""
