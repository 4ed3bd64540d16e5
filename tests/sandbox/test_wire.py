"""The channel: what fits through it, and that nothing a guest sends does more than end its own run."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blazer.sandbox.errors import ProtocolFault
from blazer.sandbox.guest import wire
from blazer.sandbox.protocol import Call, Ended, GuestSide, Printed, skill_declaration
from blazer.skills.api import SKILLS

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)
KINDS = st.sampled_from(["call", "print", "end", "policy", "inner", "ready", "go", "run", ""])
NAMES = st.sampled_from(["id", "skill", "args", "line", "text", "fault", "findings", "pid", "attest", "t"])


def line(value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=4))
def test_round_trip(value: dict[str, Any]) -> None:
    assert wire.decode(wire.encode(value), capped=False) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_a_message_or_a_fault(data: bytes) -> None:
    try:
        GuestSide().parse(data)
    except ProtocolFault as fault:
        assert str(fault)


@given(KINDS, st.dictionaries(NAMES, JSON, max_size=6))
def test_any_object_is_a_message_or_a_fault(kind: str, fields: dict[str, Any]) -> None:
    try:
        GuestSide().parse(line({**fields, "t": kind}))
    except ProtocolFault as fault:
        assert str(fault)


@given(st.lists(st.integers(-3, 6), max_size=6))
def test_ids_go_up_by_one(ids: list[int]) -> None:
    side, taken = GuestSide(), []
    try:
        for number in ids:
            message = side.parse(
                line({"t": "call", "id": number, "skill": "gripper_pose", "args": {}, "line": 1})
            )
            assert isinstance(message, Call)
            taken.append(message.id)
    except ProtocolFault:
        pass
    assert taken == list(range(1, len(taken) + 1))
    assert len(taken) == len(ids) or ids[len(taken)] != len(taken) + 1


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"[]",
        b"null",
        b'{"t":"print","text":NaN}',
        b'{"t":"print","text":Infinity}',
        b'{"t":"print","text":-Infinity}',
        b'{"t":"print","text":1e999}',
        b'{"t":"call","id":' + b"1" * 30 + b"}",
        b'{"t":' + b"[" * 100_000 + b"}",
        b'{"t":' + b"[" * 20 + b"]" * 20 + b"}",
        b'{"t":"print","text":"' + b"x" * 70_000 + b'"}',
        b'{"t":"print","text":"\xff"}',
        b'{"t":"print","text":"x","more":1}',
        b'{"t":["print"],"text":"x"}',
        b'{"t":"call","id":true,"skill":"pick","args":{},"line":1}',
        b'{"t":"call","id":1.0,"skill":"pick","args":{},"line":1}',
        b'{"t":"call","id":1,"skill":"__class__","args":{},"line":1}',
        b'{"t":"call","id":1,"skill":"pick","args":[],"line":1}',
        b'{"t":"call","id":1,"skill":"pick","args":{"self":1},"line":1}',
        b'{"t":"call","id":1,"skill":"pick","args":{},"line":"1"}',
        b'{"t":"end","fault":{"kind":"x"}}',
        b'{"t":"end","fault":false}',
        b'{"t":"policy","findings":[1]}',
        b'{"t":"verdict","strict":"pass"}',
    ],
)
def test_refused(bad: bytes) -> None:
    with pytest.raises(ProtocolFault):
        GuestSide().parse(bad)


def test_good_messages() -> None:
    side = GuestSide()
    assert side.parse(line({"t": "print", "text": "a\nb"})) == Printed("a\nb")
    assert side.parse(line({"t": "end", "fault": None, "value": [1], "note": ""})) == Ended(None, [1])
    call = side.parse(line({"t": "call", "id": 1, "skill": "pick", "args": {"name": "a"}, "line": 3}))
    assert call == Call(1, "pick", {"name": "a"}, 3)


def test_surrogates_and_controls_cannot_leave_the_parser() -> None:
    printed = GuestSide().parse(b'{"t":"print","text":"\\ud800\\u0000"}')
    assert isinstance(printed, Printed)
    printed.text.encode()


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_numbers_that_are_none_are_not_sent(value: float) -> None:
    with pytest.raises(wire.WireFault):
        wire.encode({"x": [value]})


def test_the_longest_print_fits_a_line() -> None:
    chunk = "\U0001f916" * wire.PRINT_CHUNK_CHARS
    assert len(wire.encode({"t": "print", "text": chunk})) <= wire.MAX_LINE_BYTES


def test_every_declared_skill_is_offered() -> None:
    assert [skill["name"] for skill in skill_declaration()] == [skill.name for skill in SKILLS]
