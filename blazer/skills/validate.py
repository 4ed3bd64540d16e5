"""Checks skill calls against the declaration, and gives the declaration its two machine forms.

Runs on the host (before a call is relayed) and in the world (before it is executed), so it needs
neither simulator nor scene; names of objects are checked where the caller passes them. What is
lenient: integers count as numbers, any three-element list or tuple as a position. What is not:
booleans are no numbers and strings are never parsed.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from typing import Any

from blazer.skills.api import CALLABLE, SKILLS, SKILLS_BY_NAME, ArgType, Param, ResultType, Skill
from blazer.skills.errors import SkillMisuse

MAX_MAGNITUDE = 1e6
"""Numbers beyond are a mistake of units or worse, and would overflow the arithmetic that follows."""
MAX_TEXT = 200
MAX_NAMES = 64

_PYTHON_TYPES = {
    ArgType.POSITION: "tuple[float, float, float]",
    ArgType.ANGLE: "float",
    ArgType.NUMBER: "float",
    ArgType.NAME: "str",
    ArgType.NAMES: "list[str]",
    ArgType.TEXT: "str",
    ArgType.FLAG: "bool",
}
_PYTHON_RESULTS = {
    ResultType.NOTHING: "None",
    ResultType.OBJECT: "Object",
    ResultType.OBJECTS: "list[Object]",
    ResultType.GRIPPER: "Gripper",
    ResultType.FLAG: "bool",
    ResultType.NAME: "str | None",
}


def validate_call(name: object, arguments: object, objects: Collection[str] | None = None) -> dict[str, Any]:
    """The arguments of one call in normal form: every parameter present, numbers as floats.

    Args:
        name: The skill's name as it came.
        arguments: A mapping of argument names to JSON values.
        objects: Names of the objects that exist; None leaves them unchecked.

    Raises:
        SkillMisuse: names the skill, the argument, the value and what would be right.
    """
    skill = _skill(name)
    if not isinstance(arguments, Mapping):
        raise SkillMisuse(
            f"{skill.name}: arguments must be an object of names and values, got {_brief(arguments)}",
            skill=skill.name,
        )
    known = [param.name for param in skill.params]
    for given in arguments:
        if given not in known:
            takes = f"it takes {', '.join(known)}" if known else "it takes no arguments"
            hint = _near(given, known)
            raise SkillMisuse(
                f"{skill.name}: unknown argument {_brief(given)};{hint} {takes}", skill=skill.name
            )
    return {param.name: _argument(skill, param, arguments, objects) for param in skill.params}


def signature(skill: Skill) -> str:
    """`name(arg: type = default) -> type`, as Python would write it."""
    params = []
    for param in skill.params:
        text = f"{param.name}: {_PYTHON_TYPES[param.type]}"
        if param.optional:
            nullable = " | None" if param.default is None else ""
            text += f"{nullable} = {param.default!r}"
        params.append(text)
    return f"{skill.name}({', '.join(params)}) -> {_PYTHON_RESULTS[skill.returns]}"


def signatures() -> dict[str, str]:
    """Name of each skill -> its Python signature."""
    return {skill.name: signature(skill) for skill in SKILLS}


def wire_schema() -> dict[str, Any]:
    """The declaration as a JSON schema (2020-12) of one call: `{"skill": ..., "arguments": {...}}`.

    It says what may cross the channel. `validate_call` is the check that is enforced, with better
    messages; a test holds the two together.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Blazer skill call",
        "oneOf": [_call_schema(skill) for skill in SKILLS],
    }


def _call_schema(skill: Skill) -> dict[str, Any]:
    properties = {}
    for param in skill.params:
        schema = _type_schema(param.type)
        if param.optional and param.default is None:
            schema = {"anyOf": [schema, {"type": "null"}]}
        properties[param.name] = {**schema, "description": param.doc}
    return {
        "type": "object",
        "description": skill.doc,
        "additionalProperties": False,
        "required": ["skill", "arguments"],
        "properties": {
            "skill": {"const": skill.name},
            "arguments": {
                "type": "object",
                "additionalProperties": False,
                "required": [param.name for param in skill.params if not param.optional],
                "properties": properties,
            },
        },
    }


def _type_schema(kind: ArgType) -> dict[str, Any]:
    number = {"type": "number", "minimum": -MAX_MAGNITUDE, "maximum": MAX_MAGNITUDE}
    text = {"type": "string", "maxLength": MAX_TEXT}
    match kind:
        case ArgType.POSITION:
            return {"type": "array", "items": number, "minItems": 3, "maxItems": 3}
        case ArgType.ANGLE | ArgType.NUMBER:
            return number
        case ArgType.NAME | ArgType.TEXT:
            return text
        case ArgType.NAMES:
            return {"type": "array", "items": text, "maxItems": MAX_NAMES}
        case ArgType.FLAG:
            return {"type": "boolean"}


def _skill(name: object) -> Skill:
    if not isinstance(name, str):
        raise SkillMisuse(f"a skill's name must be a string, got {_brief(name)}")
    skill = CALLABLE.get(name)
    if skill is None:
        raise SkillMisuse(
            f"unknown skill {_brief(name)};{_near(name, SKILLS_BY_NAME)} "
            f"there are {', '.join(SKILLS_BY_NAME)}",
            skill=name[:MAX_TEXT],
        )
    return skill


def _argument(
    skill: Skill, param: Param, arguments: Mapping[str, Any], objects: Collection[str] | None
) -> Any:
    if param.name not in arguments:
        if param.optional:
            return param.default
        raise SkillMisuse(
            f"{skill.name}: argument {param.name!r} is missing; call {signature(skill)}", skill=skill.name
        )
    value = arguments[param.name]
    if value is None and param.optional:
        return param.default
    where = f"{skill.name}: {param.name}"
    match param.type:
        case ArgType.POSITION:
            return _position(value, where, skill.name)
        case ArgType.ANGLE:
            return _number(value, where, skill.name, "an angle in radians")
        case ArgType.NUMBER:
            return _number(value, where, skill.name, "a finite number")
        case ArgType.NAME:
            return _object_name(value, where, skill.name, objects)
        case ArgType.NAMES:
            return _object_names(value, where, skill.name, objects)
        case ArgType.TEXT:
            return _text(value, where, skill.name, "a short string")
        case ArgType.FLAG:
            if not isinstance(value, bool):
                raise SkillMisuse(f"{where} must be True or False, got {_brief(value)}", skill=skill.name)
            return value


def _position(value: object, where: str, skill: str) -> tuple[float, float, float]:
    wanted = "three finite numbers (x, y, z) in metres"
    if not isinstance(value, (list, tuple)):
        raise SkillMisuse(f"{where} must be {wanted}, got {_brief(value)}", skill=skill)
    if len(value) != 3:
        raise SkillMisuse(f"{where} must be {wanted}, got {len(value)} values: {_brief(value)}", skill=skill)
    x, y, z = (
        _number(item, f"{where}[{axis}]", skill, "a finite number of metres")
        for axis, item in zip("xyz", value, strict=True)
    )
    return x, y, z


def _number(value: object, where: str, skill: str, wanted: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise SkillMisuse(f"{where} must be {wanted}, got {_brief(value)}", skill=skill)
    if isinstance(value, float) and not math.isfinite(value):
        raise SkillMisuse(f"{where} must be {wanted}, got {value!r}", skill=skill)
    if abs(value) > MAX_MAGNITUDE:
        raise SkillMisuse(
            f"{where} must be {wanted} of at most {MAX_MAGNITUDE:g}, got {_brief(value)}", skill=skill
        )
    return float(value)


def _text(value: object, where: str, skill: str, wanted: str) -> str:
    if not isinstance(value, str):
        raise SkillMisuse(f"{where} must be {wanted}, got {_brief(value)}", skill=skill)
    if len(value) > MAX_TEXT:
        raise SkillMisuse(
            f"{where} must be {wanted} of at most {MAX_TEXT} characters, got {len(value)}", skill=skill
        )
    return value


def _object_name(value: object, where: str, skill: str, objects: Collection[str] | None) -> str:
    name = _text(value, where, skill, "the name of an object")
    if objects is not None and name not in objects:
        raise SkillMisuse(
            f"{where}: there is no object {_brief(name)};{_near(name, objects)} "
            f"there are {', '.join(objects) or 'none'}",
            skill=skill,
        )
    return name


def _object_names(value: object, where: str, skill: str, objects: Collection[str] | None) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)):
        raise SkillMisuse(f"{where} must be a list of names of objects, got {_brief(value)}", skill=skill)
    if len(value) > MAX_NAMES:
        raise SkillMisuse(f"{where} must hold at most {MAX_NAMES} names, got {len(value)}", skill=skill)
    return tuple(_object_name(item, where, skill, objects) for item in value)


def _near(name: object, known: Collection[str]) -> str:
    near = get_close_matches(name, list(known), n=1) if isinstance(name, str) else []
    return f" did you mean {near[0]!r}?" if near else ""


def _brief(value: object) -> str:
    """A value in an error text, never long. Huge integers are not even written out."""
    if isinstance(value, int) and abs(value) > 10**18:
        return "a huge integer"
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
