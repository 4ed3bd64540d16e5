"""Reads the messages an LLM would get: what is asked, the instruction, the state, the plan.

Everything the built-in model knows of the world passes through here; there is no other door.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, NamedTuple

from blazer.agents.scripted.words import COLORS
from blazer.core.records import Message

Ask = Literal["plan", "program", "repair", "diagnosis"]

_NUMBER = r"-?\d+(?:\.\d+)?"
_OBJECT = re.compile(
    rf"^- (?P<title>[^:\n]+): position \((?P<position>{_NUMBER}, {_NUMBER}, {_NUMBER})\), "
    rf"yaw (?P<yaw>{_NUMBER}), size (?P<size>{_NUMBER} x {_NUMBER} x {_NUMBER})$",
    re.MULTILINE,
)
_TASK = re.compile(r"^Task: (.+)$", re.MULTILINE)
_TABLE = re.compile(rf"table top is at z = ({_NUMBER})")
_PLAN = re.compile(r"^Plan:\n(.*?)\n\n(?:Functions|Write one program)", re.MULTILINE | re.DOTALL)


class Item(NamedTuple):
    """An object as the state text gives it; metres and radians."""

    color: str
    kind: str
    name: str
    x: float
    y: float
    z: float
    yaw: float
    length: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """Height of its upper side."""
        return self.z + self.height / 2

    @property
    def bottom(self) -> float:
        """Height of its under side."""
        return self.z - self.height / 2

    @property
    def area(self) -> float:
        """Of its footprint."""
        return self.length * self.width

    @property
    def title(self) -> str:
        """As in the state: colour, kind and name."""
        return " ".join(word for word in (self.color, self.kind, self.name) if word)


class Request(NamedTuple):
    """What the messages ask for."""

    ask: Ask
    instruction: str
    items: tuple[Item, ...]
    table_z: float
    plan: str
    last_program: str
    report: str


def read_request(messages: Sequence[Message]) -> Request:
    """What the messages ask for. A text without an instruction gives an empty one."""
    users = [message.content for message in messages if message.role == "user"]
    first = users[0] if users else ""
    assistants = [message.content for message in messages if message.role == "assistant"]
    task = _TASK.search(first)
    plan = _PLAN.search(first)
    table = _TABLE.search("\n".join(m.content for m in messages if m.role == "system"))
    ask: Ask = "program"
    if assistants:
        ask = "repair"
    elif "what is the cause" in first:
        ask = "diagnosis"
    elif plan is None:
        ask = "plan"
    return Request(
        ask=ask,
        instruction=task[1].strip() if task else "",
        items=tuple(_item(match) for match in _OBJECT.finditer(first)),
        table_z=float(table[1]) if table else 0.0,
        plan=plan[1] if plan else "",
        last_program=assistants[-1] if assistants else "",
        report=users[-1] if assistants or ask == "diagnosis" else "",
    )


def _item(match: re.Match[str]) -> Item:
    words = match["title"].split()
    color = words[0] if len(words) > 2 and words[0] in COLORS else ""
    kind = " ".join(words[1 if color else 0 : -1])
    x, y, z = (float(number) for number in match["position"].split(","))
    length, width, height = (float(number) for number in match["size"].split(" x "))
    return Item(color, kind, words[-1], x, y, z, float(match["yaw"]), length, width, height)
