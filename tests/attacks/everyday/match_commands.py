from dataclasses import dataclass
from enum import Enum
import math


class Side(Enum):
    LEFT = 1
    RIGHT = 2


@dataclass
class Move:
    x: float
    y: float
    data: dict | None = None


class Grip:
    __match_args__ = ("name", "force")

    def __init__(self, name, force=1):
        self.name = name
        self.force = force


def run(command):
    match command:
        case Move(x=0, y=0):
            return "stay"
        case Move(x, y, data={"fast": True}):
            return f"fast {x} {y}"
        case Move(x=x) if x < 0:
            return "left"
        case Move():
            return "move"
        case Grip("jar" | "cup" as what, force) if force > 5:
            return f"hard {what}"
        case Grip(name):
            return f"grip {name}"
        case ["go", ("north" | "south") as way, *rest]:
            return f"{way} {len(rest)}"
        case {"op": "add", "args": [int(a), int(b)], **other}:
            return a + b + len(other)
        case Side.LEFT | Side.RIGHT:
            return command.name
        case math.inf:
            return "infinite"
        case (1 | 2, _) | [_, "x"]:
            return "pair"
        case str(text) if text.isdigit():
            return int(text)
        case float() | int():
            return "number"
        case None | True | False:
            return "constant"
        case [[a, b], [c, d]]:
            return a * d - b * c
        case _:
            return "?"


commands = [
    Move(0, 0), Move(1, 2, {"fast": True}), Move(-1, 3), Move(1, 1), Grip("jar", 9), Grip("lid"), ["go", "north", 1],
    {"op": "add", "args": [1, 2], "x": 0}, Side.RIGHT, math.inf, (2, "q"), "42", 3.5, None, [[1, 2], [3, 4]], {1},
]
assert [run(c) for c in commands] == [
    "stay", "fast 1 2", "left", "move", "hard jar", "grip lid", "north 1", 4, "RIGHT", "infinite", "pair", 42,
    "number", "constant", -2, "?",
]
