"""Nothing but what is declared gets in, and every refusal says what would be right."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from blazer.skills.api import SKILLS, SKILLS_BY_NAME, ArgType
from blazer.skills.errors import SkillMisuse
from blazer.skills.validate import MAX_NAMES, MAX_TEXT, signatures, validate_call, wire_schema

OBJECTS = ("jar0", "jar1", "lid0")
GOOD: dict[ArgType, Any] = {
    ArgType.POSITION: [0.3, 0, 0.9],
    ArgType.ANGLE: 1.5,
    ArgType.NUMBER: 2,
    ArgType.NAME: "jar0",
    ArgType.NAMES: ["jar0", "jar1"],
    ArgType.TEXT: "jar",
    ArgType.FLAG: False,
}
NOT_NUMBERS = (math.nan, math.inf, -math.inf, "1.0", True, [1.0], {}, 1e7, 10**400, b"1", 1j)
BAD: dict[ArgType, tuple[Any, ...]] = {
    ArgType.POSITION: (
        0.3,
        "0.3, 0, 0.9",
        "abc",
        [],
        [0.3, 0.0],
        [0.3, 0.0, 0.9, 0.0],
        [[0.3, 0.0, 0.9]],
        [0.3, [0.0], 0.9],
        {"x": 0.3, "y": 0.0, "z": 0.9},
        {0.3, 0.0, 0.9},
        *([0.3, bad, 0.9] for bad in (*NOT_NUMBERS, None)),
    ),
    ArgType.ANGLE: NOT_NUMBERS,
    ArgType.NUMBER: NOT_NUMBERS,
    ArgType.NAME: (0, True, ["jar0"], "jar9", "", "x" * (MAX_TEXT + 1), b"jar0"),
    ArgType.NAMES: ("jar0", ["jar0", 1], ["jar9"], [["jar0"]], {"jar0": 1}, ["jar0"] * (MAX_NAMES + 1)),
    ArgType.TEXT: (0, True, ["red"], "x" * (MAX_TEXT + 1)),
    ArgType.FLAG: (0, 1, "False", [], 0.0),
}


def good_arguments(name: str) -> dict[str, Any]:
    return {param.name: GOOD[param.type] for param in SKILLS_BY_NAME[name].params}


@pytest.mark.parametrize("name", SKILLS_BY_NAME)
def test_declared_calls_pass_in_normal_form(name: str) -> None:
    normal = validate_call(name, good_arguments(name), OBJECTS)
    assert list(normal) == [param.name for param in SKILLS_BY_NAME[name].params]
    for param in SKILLS_BY_NAME[name].params:
        if param.type is ArgType.POSITION:
            assert normal[param.name] == (0.3, 0.0, 0.9)
            assert all(type(value) is float for value in normal[param.name])


@pytest.mark.parametrize("name", SKILLS_BY_NAME)
def test_left_out_and_none_mean_the_default(name: str) -> None:
    optional = [param for param in SKILLS_BY_NAME[name].params if param.optional]
    needed = {p.name: GOOD[p.type] for p in SKILLS_BY_NAME[name].params if not p.optional}
    left_out = validate_call(name, needed, OBJECTS)
    assert left_out == validate_call(name, {**needed, **{p.name: None for p in optional}}, OBJECTS)
    assert {p.name: left_out[p.name] for p in optional} == {p.name: p.default for p in optional}


@pytest.mark.parametrize(
    ("skill", "argument", "value"),
    [
        pytest.param(skill.name, param.name, bad, id=f"{skill.name}-{param.name}-{i}")
        for skill in SKILLS
        for param in skill.params
        for i, bad in enumerate(BAD[param.type])
    ],
)
def test_bad_values_are_refused_by_name(skill: str, argument: str, value: Any) -> None:
    with pytest.raises(SkillMisuse) as caught:
        validate_call(skill, {**good_arguments(skill), argument: value}, OBJECTS)
    assert str(caught.value).startswith(f"{skill}: {argument}")
    assert caught.value.skill == skill
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("name", [s.name for s in SKILLS if any(not p.optional for p in s.params)])
def test_missing_arguments_show_the_signature(name: str) -> None:
    with pytest.raises(SkillMisuse, match="is missing") as caught:
        validate_call(name, {}, OBJECTS)
    assert signatures()[name] in str(caught.value)


def test_unknown_names_suggest_near_ones() -> None:
    with pytest.raises(SkillMisuse, match="did you mean 'move_gripper'"):
        validate_call("move_griper", {})
    with pytest.raises(SkillMisuse, match=r"did you mean 'position'.*position, yaw, allow_contact_with"):
        validate_call("move_gripper", {"positon": [0.3, 0, 0.9]})
    with pytest.raises(SkillMisuse, match=r"did you mean 'jar0'.*jar0, jar1, lid0"):
        validate_call("get_object", {"name": "jar_0"}, OBJECTS)
    with pytest.raises(SkillMisuse, match="it takes no arguments"):
        validate_call("open_gripper", {"width": 0.04})


@pytest.mark.parametrize("name", [None, 3, ["pick"], "", "__class__", "open_gripper\n", "x" * 10_000])
def test_unknown_skills_are_refused_briefly(name: Any) -> None:
    with pytest.raises(SkillMisuse) as caught:
        validate_call(name, {})
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("arguments", [None, [], "position", 3, [["position", 1]]])
def test_arguments_must_be_named(arguments: Any) -> None:
    with pytest.raises(SkillMisuse, match="move_gripper: arguments must be"):
        validate_call("move_gripper", arguments)


def test_argument_names_that_are_no_strings_are_refused() -> None:
    with pytest.raises(SkillMisuse, match="unknown argument 3"):
        validate_call("pick", {3: "jar0"})


def test_schema_is_json_and_says_what_the_check_enforces() -> None:
    schema = json.loads(json.dumps(wire_schema(), allow_nan=False))
    calls = {call["properties"]["skill"]["const"]: call["properties"] for call in schema["oneOf"]}
    assert list(calls) == [skill.name for skill in SKILLS]
    for skill in SKILLS:
        arguments = calls[skill.name]["arguments"]
        assert arguments["additionalProperties"] is False
        assert list(arguments["properties"]) == [param.name for param in skill.params]
        needed = arguments["required"]
        validate_call(skill.name, {p.name: GOOD[p.type] for p in skill.params if p.name in needed})
        for name in needed:
            with pytest.raises(SkillMisuse, match=name):
                validate_call(skill.name, {p: v for p, v in good_arguments(skill.name).items() if p != name})
