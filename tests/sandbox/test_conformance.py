"""Every tier that this machine has keeps every promise of the battery, with a world and without."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio

from blazer.core.outcomes import Ending
from blazer.core.records import Captured, IsolationLevel
from blazer.sandbox.attestation import promises_of
from blazer.sandbox.battery.frame import Box, CannotSay, Check, Kind, PlainBox, Seen, WorldBox, ends, program
from blazer.sandbox.conformance import CHECKS, QUICK, checks_for, run_check, run_conformance
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.limits import Limits
from blazer.sandbox.protocol import Ready
from tests.sandbox.conftest import TIERS, in_module_loop, opened, opened_code


def test_names_are_unique_and_every_promise_is_in_words() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS) >= 45
    assert all(check.says and not check.says.endswith(".") for check in CHECKS)


def test_checks_rest_on_promises_that_there_are() -> None:
    known = promises_of(Ready({}, {}))
    assert {check.promise for check in CHECKS if check.promise} <= set(known)


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=TIERS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[WorldBox]:
    """Each tier in turn, with the limits that a user's own check has."""
    async for sandbox in opened(request.param, limits=QUICK):
        yield WorldBox(sandbox, fake_instance())


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=TIERS[1:])
async def plain(request: pytest.FixtureRequest) -> AsyncIterator[PlainBox]:
    """The same without a world, in each tier that promises something."""
    async for sandbox in opened_code(request.param, limits=QUICK):
        yield PlainBox(sandbox)


@in_module_loop
@pytest.mark.parametrize("check", checks_for("world"), ids=lambda check: check.name)
async def test_promise_is_kept_with_a_world(check: Check, world: WorldBox) -> None:
    await _assert_kept(world, check)


@in_module_loop
@pytest.mark.parametrize("check", checks_for("plain"), ids=lambda check: check.name)
async def test_promise_is_kept_without_a_world(check: Check, plain: PlainBox) -> None:
    await _assert_kept(plain, check)


async def _assert_kept(box: Box, check: Check) -> None:
    done = await run_check(box, check)
    if done.kept is False and Ending.TIME_OUT in done.why:
        # Its time may have been too short for a busy machine; what hangs does so with patience too.
        async for patient in _patient(box):
            done = await run_check(patient, check)
    if done.kept is None and box.isolation.tier == "none":
        return  # it promises nothing, and the check saw that
    if done.kept is None:
        pytest.skip(done.why)
    assert done.kept, done.why


async def _patient(box: Box) -> AsyncIterator[Box]:
    limits, tier = QUICK.model_copy(update={"wall_s": 60.0}), box.isolation.tier
    if box.kind == "world":
        async for sandbox in opened(tier, limits=limits):
            yield WorldBox(sandbox, fake_instance())
    else:
        async for code in opened_code(tier, limits=limits):
            yield PlainBox(code)


class Staged:
    """A box that plays what it is told to."""

    kind: Kind = "plain"
    limits = QUICK

    def __init__(self, *seen: Seen, promises: tuple[str, ...] = ()) -> None:
        self._seen = list(seen)
        self.isolation = IsolationLevel(tier="process", promises=dict.fromkeys(promises, True))
        self.raw: list[bool] = []

    async def run(self, source: str, *, policy: bool = True, inputs: Mapping[str, Any] | None = None) -> Seen:
        self.raw.append(not policy)
        return self._seen.pop(0) if len(self._seen) > 1 else self._seen[0]


def _seen(ending: Ending = Ending.COMPLETED, text: str = "", **changes: Any) -> Seen:
    return Seen(ending, Captured(text=text, total_bytes=len(text)), None, 0.1)._replace(**changes)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
async def test_no_check_is_content_with_anything(check: Check) -> None:
    """A sandbox in which programs get out, or that answers all with the same, passes no check."""
    kind: Kind = check.only or "plain"
    for seen in (
        _seen(Ending.COMPLETED, "ESCAPED", passed=True),
        _seen(Ending.INFRASTRUCTURE),
        _seen(Ending.CANCELLED, own_s=100.0),
    ):
        box = Staged(seen, promises=(check.promise,))
        box.kind = kind
        done = await run_check(box, check)
        assert not done.kept, (check.name, seen)
        assert done.why


async def test_what_is_not_promised_is_not_run() -> None:
    box = Staged(_seen())
    check = program("x", "x", "1", ends(Ending.COMPLETED), promise="seccomp")
    done = await run_check(box, check)
    assert (done.kept, done.mark) == (None, "not promised")
    assert "seccomp" in done.why
    assert box.raw == []


async def test_raw_checks_leave_the_policy_out_and_others_do_not() -> None:
    for raw in (True, False):
        box = Staged(_seen())
        assert (await run_check(box, program("x", "x", "1", ends(Ending.COMPLETED), raw=raw))).kept
        assert box.raw == [raw]


async def test_later_than_the_limit_is_broken() -> None:
    box = Staged(_seen(Ending.TIME_OUT, own_s=Limits().wall_s + 30))
    done = await run_check(box, program("x", "x", "1", ends(Ending.TIME_OUT)))
    assert done.mark == "broken" and "was gone only after" in done.why


async def test_nobody_can_say_is_not_kept() -> None:
    async def probe(_box: Box) -> str:
        raise CannotSay("no eyes")

    found = [done async for done in run_conformance(Staged(_seen()), [Check("x", "x", probe)])]
    assert [(done.kept, done.why) for done in found] == [(None, "no eyes")]


def test_both_kinds_have_checks_of_their_own() -> None:
    plain, world = (set(checks_for(kind)) for kind in ("plain", "world"))
    assert plain - world and world - plain and len(plain & world) >= 40
