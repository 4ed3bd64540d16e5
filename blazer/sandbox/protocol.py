"""The host's end of the channel: what a guest may say, and when.

Every line is checked against a closed list before anything acts on it: messages, their fields and
types, ids in sequence, skills by name, arguments by declaration. What breaks the rules is a
`ProtocolFault` and ends the run; a skill call that only has bad values is answered with a
`SkillMisuse`, because that is a mistake programs make.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from blazer.core.records import Fault, PolicyFinding
from blazer.sandbox.capture import clean
from blazer.sandbox.errors import ProtocolFault
from blazer.sandbox.guest import wire
from blazer.skills.api import CALLABLE, SKILL_ERRORS, SKILLS, SKILLS_BY_NAME, Skill
from blazer.skills.validate import signature


class Call(NamedTuple):
    """A program wants a skill."""

    id: int
    skill: str
    arguments: dict[str, Any]
    line: int | None


class Printed(NamedTuple):
    """A program printed."""

    text: str


class Ended(NamedTuple):
    """A program came to its end, by itself or by an exception.

    Attributes:
        fault: The exception.
        value: What it left in `result`, where that was asked for and is plain data.
        note: Why there is no value, if the program left one that cannot be given back.
    """

    fault: Fault | None
    value: Any = None
    note: str = ""


class Findings(NamedTuple):
    """The policy has looked at the program."""

    findings: tuple[PolicyFinding, ...]


class Inner(NamedTuple):
    """The guest goes on as this process (of the host's process table)."""

    pid: int


class Ready(NamedTuple):
    """The guest is confined and waits."""

    steps: dict[str, str]
    """Steps of the confinement that failed, and why."""
    seen: dict[str, Any]
    """What the guest sees of its confinement."""


Message = Call | Printed | Ended | Findings | Inner | Ready


def skill_declaration() -> list[dict[str, Any]]:
    """The skills for the guest's stubs."""
    return [
        {
            "name": skill.name,
            "doc": skill.doc,
            "signature": signature(skill),
            "returns": skill.returns.value,
            "params": [{"name": p.name, "optional": p.optional} for p in skill.params],
        }
        for skill in SKILLS
    ]


def skill_names() -> tuple[str, ...]:
    """Names that a program finds defined, beside Python's own."""
    return (*SKILLS_BY_NAME, *SKILL_ERRORS)


class GuestSide:
    """Reads one guest's lines and keeps count of its calls.

    Args:
        skills: What was declared to it; anything else it calls breaks the rules.
    """

    def __init__(self, skills: Mapping[str, Skill] = CALLABLE) -> None:
        self._skills = skills
        self._last_id = 0

    def parse(self, line: bytes) -> Message:
        """One message.

        Raises:
            ProtocolFault: names the rule that the line broke.
        """
        try:
            message = wire.decode(line)
        except wire.WireFault as fault:
            raise ProtocolFault(str(fault)) from None
        kind = message.get("t")
        reader = _READERS.get(kind) if isinstance(kind, str) else None
        if reader is None:
            raise ProtocolFault(f"no such message: {str(kind)[:40]!r}; there are {', '.join(_READERS)}")
        parsed: Message = reader(message)
        if isinstance(parsed, Call):
            if parsed.skill not in self._skills:
                raise ProtocolFault(f"the skill {parsed.skill!r} was not declared to it")
            if parsed.id != self._last_id + 1:
                raise ProtocolFault(f"call id {parsed.id} after {self._last_id}; ids go up by one")
            self._last_id = parsed.id
        return parsed


def _read_call(message: dict[str, Any]) -> Call:
    _fields(message, "t id skill args line")
    skill, arguments, line = message["skill"], message["args"], message["line"]
    if not isinstance(skill, str) or skill not in CALLABLE:
        raise ProtocolFault(f"no such skill: {str(skill)[:40]!r}")
    if not isinstance(arguments, dict):
        raise ProtocolFault("args must be an object")
    known = {param.name for param in CALLABLE[skill].params}
    if not set(arguments) <= known:
        raise ProtocolFault(f"{skill} takes {', '.join(sorted(known)) or 'no arguments'}")
    if line is not None:
        _integer(line, "line")
    return Call(_integer(message["id"], "id"), skill, {k: _cleaned(v) for k, v in arguments.items()}, line)


def _read_print(message: dict[str, Any]) -> Printed:
    _fields(message, "t text")
    return Printed(_text(message["text"], "text"))


def _read_end(message: dict[str, Any]) -> Ended:
    _fields(message, "t fault value note")
    fault = message["fault"]
    if fault is None:
        return Ended(None, _cleaned(message["value"]), _text(message["note"], "note")[:1000])
    if not isinstance(fault, dict):
        raise ProtocolFault("fault must be an object or null")
    _fields(fault, "kind message line skill")
    line = fault["line"]
    return Ended(
        Fault(
            kind=_text(fault["kind"], "kind")[:100],
            message=_text(fault["message"], "message")[:4000],
            line=None if line is None else _integer(line, "line"),
            skill=None if fault["skill"] is None else _text(fault["skill"], "skill")[:100],
        )
    )


def read_findings(message: dict[str, Any]) -> Findings:
    """The findings of a policy message.

    Raises:
        ProtocolFault: if they are not in form.
    """
    _fields(message, "t findings")
    if not isinstance(message["findings"], list) or len(message["findings"]) > 100:
        raise ProtocolFault("findings must be a short list")
    found = []
    for item in message["findings"]:
        if not isinstance(item, dict):
            raise ProtocolFault("a finding must be an object")
        _fields(item, "rule line column message suggestion")
        texts = {key: _text(item[key], key)[:1000] for key in ("rule", "message", "suggestion")}
        numbers = {key: _integer(item[key], key) for key in ("line", "column")}
        found.append(PolicyFinding(**texts, **numbers))
    return Findings(tuple(found))


def _read_inner(message: dict[str, Any]) -> Inner:
    _fields(message, "t pid")
    return Inner(_integer(message["pid"], "pid"))


def _read_ready(message: dict[str, Any]) -> Ready:
    _fields(message, "t attest")
    report = message["attest"]
    if not isinstance(report, dict) or not isinstance(report.get("seen"), dict):
        raise ProtocolFault("attest must be an object")
    steps = report.get("steps")
    if not isinstance(steps, dict):
        raise ProtocolFault("attest.steps must be an object")
    return Ready({str(k): clean(str(v)) for k, v in steps.items()}, report["seen"])


_READERS: dict[str, Any] = {
    "call": _read_call,
    "print": _read_print,
    "end": _read_end,
    "policy": read_findings,
    "inner": _read_inner,
    "ready": _read_ready,
}


def _fields(message: dict[str, Any], names: str) -> None:
    if set(message) != set(names.split()):
        raise ProtocolFault(f"a message must have exactly the fields {names}")


def _integer(value: Any, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > 2**53:
        raise ProtocolFault(f"{what} must be an integer")
    return value


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise ProtocolFault(f"{what} must be a text")
    return clean(value)


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list):
        return [_cleaned(item) for item in value]
    if isinstance(value, dict):
        return {clean(str(key)): _cleaned(item) for key, item in value.items()}
    return value
