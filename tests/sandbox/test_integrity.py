"""The trace and the verdict: every call that the world executed is recorded in order, and no other; what
is judged is the world, and nothing that came from a guest is part of the question.

The world keeps a log of its own and ends with its digest, so the two are compared from different
sides: scripted guests against a world in this process, real ones that are killed, flood and lie
against a world process.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import random
from collections.abc import AsyncIterator, Mapping
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from blazer.core.digest import digest
from blazer.core.outcomes import Ending, Outcome
from blazer.core.records import Decision, Execution, IsolationLevel, SkillCall
from blazer.sandbox.arena import CallResult
from blazer.sandbox.capture import OwnOutput
from blazer.sandbox.classify import End
from blazer.sandbox.errors import WorldCrashed
from blazer.sandbox.fake import FakeArena, fake_instance
from blazer.sandbox.guest.wire import END_MARK
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines, LineTooLong
from blazer.sandbox.processes import Guest, LineProcess
from blazer.sandbox.protocol import GuestSide
from blazer.sandbox.relay import Relay
from blazer.sandbox.sandbox import Sandbox
from blazer.sandbox.tiers import make_tier
from blazer.skills.api import CALLABLE
from blazer.tasks.judge import judge
from tests.sandbox.conftest import QUICK, in_module_loop, opened

LIMITS = Limits(wall_s=0.05, skill_calls=6, output_stop_kb=8)


def logged(calls: tuple[SkillCall, ...] | list[SkillCall]) -> list[Any]:
    """Recorded calls in the form of the world's own log."""
    return [
        [
            call.skill,
            call.arguments,
            call.error
            and {"kind": call.error.kind, "message": call.error.message, "skill": call.error.skill},
        ]
        for call in calls
    ]


# --- scripted guests, a world in this process ---------------------------------------------------


class ScriptedLines:
    """Says what the script says; `None` is its death, an exception is raised."""

    def __init__(self, script: list[Any]) -> None:
        self._script = script
        self.stderr = OwnOutput(1024)
        self.pid = self.returncode = None
        self.ended = self._dead = False

    def adopt(self, pid: int) -> None:
        raise NotImplementedError

    async def send(self, message: Mapping[str, Any]) -> None:
        if self._dead or (message["t"] == "result" and self._script[:1] == [None]):
            raise EndOfLines

    async def read_line(self, timeout_s: float | None = None) -> bytes:
        if not self._script:
            await asyncio.sleep(min(timeout_s or 0.0, 0.2))
            raise TimeoutError
        item = self._script.pop(0)
        if item is None:
            self._dead = True
            raise EndOfLines
        if item is LineTooLong:
            raise LineTooLong
        if not self.stderr.complete.is_set():
            self.stderr.add(END_MARK)
        return bytes(item)

    async def kill(self) -> None:
        self._dead = True

    async def wait(self, timeout_s: float) -> int | None:
        return None


class ScriptedGuest:
    """A guest of scripted lines."""

    def __init__(self, script: list[Any]) -> None:
        self.lines = ScriptedLines(script)
        self.isolation = IsolationLevel(tier="none")

    async def kill(self) -> None:
        await self.lines.kill()

    async def out_of_memory(self) -> bool:
        return False


class LocalWorld:
    """The fake arena without a process around it; dies before or after a chosen call."""

    def __init__(self, dies_at: int | None, after: bool) -> None:
        self.arena = FakeArena()
        self.arena.load(fake_instance(), trajectory=False, max_simulated_s=300.0)
        self._dies_at, self._after, self._calls = dies_at, after, 0

    async def call(self, skill: str, arguments: dict[str, Any]) -> CallResult:
        self._calls += 1
        dies = self._calls == self._dies_at
        if dies and not self._after:
            raise WorldCrashed("before")
        result = self.arena.call(skill, arguments)
        await asyncio.sleep(0)
        if dies:
            raise WorldCrashed("after")
        return result


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("pick", {"name": "thing0"}),
    ("pick", {"name": "missing"}),
    ("pick", {"name": 7}),
    ("pick", {}),
    ("place_on", {"name": "thing0"}),
    ("open_gripper", {}),
    ("gripper_pose", {}),
    ("move_gripper", {"position": [0.1, 0.2, 1.0]}),
    ("move_gripper", {"position": [0.1]}),
    ("time.sleep", {"seconds": 0.5}),
    ("time.sleep", {"seconds": -1}),
    ("time.sleep", {"seconds": 59}),
]
CALL = st.sampled_from(CALLS).map(lambda call: ("call", call))
NOISE = st.sampled_from(
    [
        ("line", {"t": "print", "text": "x" * 100}),
        ("line", {"t": "print", "text": '{"t":"call"}'}),
        ("line", {"t": "print", "text": "x" * 3000}),
    ]
)
LAST = st.sampled_from(
    [
        ("line", {"t": "end", "fault": None, "value": None, "note": ""}),
        ("line", {"t": "end", "fault": {"kind": "X", "message": "", "line": 1, "skill": None}, "value": 1,
                  "note": ""}),
        ("raw", b"junk\n"),
        ("raw", LineTooLong),
        ("raw", None),
        ("line", {"t": "ready", "attest": {"steps": {}, "seen": {}}}),
        ("line", {"t": "policy", "findings": []}),
        ("line", {"t": "verdict", "strict": "pass"}),
        ("line", {"t": "call", "id": 99, "skill": "pick", "args": {"name": "thing0"}, "line": 1}),
        ("line", {"t": "call", "id": 0, "skill": "pick", "args": {"name": "thing0"}, "line": 1}),
        ("line", {"t": "call", "id": True, "skill": "pick", "args": {"name": "thing0"}, "line": 1}),
        ("next", ("no_such_skill", {})),
        ("next", ("pick", {"nome": "thing0"})),
        ("next", ("pick", ["thing0"])),
        ("next", ("time.sleep", {"seconds": 1, "verdict": 1})),
    ]
)  # fmt: skip


def script_of(items: list[tuple[str, Any]]) -> tuple[list[Any], list[tuple[str, dict[str, Any]]]]:
    """Lines to say, and the calls among them that are in form and come before the end."""
    lines: list[Any] = []
    wanted, number, over = [], 0, False
    for kind, what in items:
        if kind == "raw":
            lines.append(what)
        elif kind == "line":
            lines.append(json.dumps(what).encode() + b"\n")
        else:
            number += kind == "call"
            call = {
                "t": "call",
                "id": number + (kind == "next"),
                "skill": what[0],
                "args": what[1],
                "line": 3,
            }
            lines.append(json.dumps(call).encode() + b"\n")
            if kind == "call" and not over:
                wanted.append(what)
        over = over or kind in ("raw", "next") or (kind == "line" and what["t"] != "print")
    return lines, wanted


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    before=st.lists(st.one_of(CALL, CALL, NOISE), max_size=9),
    last=st.one_of(st.none(), LAST),
    after=st.lists(st.one_of(CALL, NOISE), max_size=3),
    dies_at=st.one_of(st.none(), st.integers(1, 6)),
    dies_after=st.booleans(),
)
def test_the_trace_is_what_the_world_executed(
    before: list[Any], last: Any, after: list[Any], dies_at: int | None, dies_after: bool
) -> None:
    items = [*before, *([last, *after] if last is not None else [])]
    script, wanted = script_of(items)
    world = LocalWorld(dies_at, dies_after)
    guest = ScriptedGuest(script)
    relay = Relay(guest, GuestSide(), world, LIMITS)  # type: ignore[arg-type]
    try:
        end = asyncio.run(relay.run({"seed": 0}))
    except WorldCrashed:
        # Nothing of such an attempt is kept: it is run again in another world.
        assert len(world.arena._log) - len(relay.calls) == dies_after
        assert logged(relay.calls) == world.arena._log[: len(relay.calls)]
        return
    assert logged(relay.calls) == world.arena._log
    executed = [(call.skill, call.arguments) for call in relay.calls]
    assert executed == wanted[: len(executed)]
    assert [call.index for call in relay.calls] == list(range(len(executed)))
    assert len(executed) <= LIMITS.skill_calls
    if relay.limit is None and last is not None:
        # Only a limit keeps a call in form, before the end, from being executed.
        assert len(executed) == len(wanted)
    if last is not None and last[0] == "raw" and last[1] is None and relay.limit is None:
        assert end is End.DIED


def test_calls_that_are_not_declared_are_never_made() -> None:
    world = LocalWorld(None, False)
    line = b'{"t":"call","id":1,"skill":"pick","args":{"name":"thing0"},"line":1}\n'
    relay = Relay(ScriptedGuest([line]), GuestSide({}), world, LIMITS)  # type: ignore[arg-type]
    assert asyncio.run(relay.run({"seed": 0})) is End.BROKE_RULES
    assert (relay.calls, world.arena._log) == ([], [])


# --- real guests, a world process ----------------------------------------------------------------


FORGED = b'{"t":"call","id":1,"skill":"pick","args":{"name":"thing0"},"line":1}\n'


def hostile_program(seed: int) -> str:
    """Calls in a random order, and a random way out of it."""
    pick = random.Random(seed)  # noqa: S311  (to be the same each time)
    names = ["thing0", "missing", "far", "jar"]
    lines = ["import os", "n = 0"]
    for _ in range(pick.randint(0, 12)):
        call = pick.choice(
            [
                f"pick({pick.choice(names)!r})",
                "place_on('thing0')",
                "open_gripper()",
                "gripper_pose()",
                "print('y' * 500)",
                "for n in range(10 ** 5): pass",
                'os.write(1, b\'{"t":"call","id":1}\\n\' * 50)',
            ]
        )
        block = call if call.startswith("for") else f"try:\n    {call}\nexcept Exception as e:\n    print(e)"
        lines.append(block)
    each = "for fd in range(3, 40):\n    try:\n        {}\n    except OSError:\n        pass"
    lines.append(
        pick.choice(
            [
                "os._exit(0)",
                "1 / 0",
                "import ctypes\nctypes.string_at(0)",
                "while True: print('x' * 9999)",
                "while True: gripper_pose()",
                each.format("os.write(fd, b'junk\\n')"),
                each.format('os.write(fd, b\'{"t":"end","fault":null,"value":null,"note":""}\\n\')'),
                each.format(f"os.write(fd, {FORGED!r})"),
                "x = bytearray(10 ** 10)",
                "pick('segfault')",
                "pass",
            ]
        )
    )
    return "\n".join(lines) + "\n"


def assert_agrees(execution: Execution, seed: int) -> None:
    """The record and the world's own log are the same."""
    if execution.ending is Ending.INFRASTRUCTURE:
        assert (execution.skill_calls, execution.final_digest) == ((), "")
        return
    assert digest(logged(execution.skill_calls)) == execution.final_digest, (seed, execution)
    assert [call.index for call in execution.skill_calls] == list(range(len(execution.skill_calls)))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def brief() -> AsyncIterator[Sandbox]:
    async for item in opened("process", limits=QUICK.model_copy(update={"skill_calls": 60})):
        yield item


@in_module_loop
async def test_random_hostile_programs(brief: Sandbox) -> None:
    found = []
    for seed in range(16):
        episode = await brief.run(hostile_program(seed), fake_instance(seed), policy=False, trajectory=False)
        assert_agrees(episode.execution, seed)
        found.append(episode.execution.ending)
    assert len(set(found)) >= 6, "the programs end in many ways, or this tests little"


@in_module_loop
async def test_guests_killed_in_the_middle_of_calls(brief: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "while True:\n    pick('thing0')\n    gripper_pose()\n    place_on('thing0')\n"
    endings, taken = [], []
    take = brief._pool.take

    async def noted(timeout_s: float) -> Guest:
        taken.append(await take(timeout_s))
        return taken[-1]

    monkeypatch.setattr(brief._pool, "take", noted)
    for seed in range(12):
        pick = random.Random(seed)  # noqa: S311  (to be the same each time)
        task = asyncio.create_task(brief.run(source, fake_instance(seed), trajectory=False))
        while not task.done():
            await asyncio.sleep(pick.uniform(0.0, 0.02))
            if taken:
                assert isinstance(taken[-1].lines, LineProcess)
                taken[-1].lines.kill_now()
        episode = await task
        assert_agrees(episode.execution, seed)
        assert episode.execution.outcome is not Outcome.SUCCESS
        endings.append(episode.execution.ending)
    assert Ending.INFRASTRUCTURE in endings


class SpyingTier:
    """Notes what the host sends to its worlds."""

    def __init__(self) -> None:
        self._tier = make_tier("process", QUICK)
        self.name = self._tier.name
        self.sent: list[dict[str, Any]] = []

    async def open(self) -> None:
        await self._tier.open()

    def hurry(self) -> None:
        self._tier.hurry()

    async def start_guest(self, *, awaited: bool = True) -> Any:
        return await self._tier.start_guest(awaited=awaited)

    async def start_world(self, arena: str) -> Any:
        lines = await self._tier.start_world(arena)
        send = lines.send

        async def spy(message: Mapping[str, Any]) -> None:
            self.sent.append(dict(message))
            await send(message)

        lines.send = spy  # type: ignore[method-assign]
        return lines

    async def close(self) -> None:
        await self._tier.close()


async def test_the_question_put_to_the_judge_holds_nothing_of_the_guests() -> None:
    tier = SpyingTier()
    async with Sandbox(tier, backend="fake", limits=QUICK, workers=1) as sandbox:  # type: ignore[arg-type]
        for seed in range(8):
            episode = await sandbox.run(
                hostile_program(seed), fake_instance(seed), policy=False, trajectory=False
            )
            assert episode.verdict.strict is not Decision.PASS or episode.execution.skill_calls
    assert {message["op"] for message in tier.sent} <= {"about", "load", "call", "finish"}
    for message in tier.sent:
        match message["op"]:
            case "finish":
                assert message == {"op": "finish"}
            case "load":
                assert set(message) == {"op", "instance", "trajectory", "max_simulated_s"}
                assert message["instance"] == fake_instance(message["instance"]["seed"]).model_dump(
                    mode="json"
                )
            case "call":
                assert set(message) == {"op", "skill", "args"}
                known = {param.name for param in CALLABLE[message["skill"]].params}
                assert set(message["args"]) <= known


def test_the_judge_takes_the_task_and_the_world_alone() -> None:
    names = list(inspect.signature(judge).parameters)
    assert names[:3] == ["instance", "initial", "final"]
    assert not {"fault", "stdout", "guest", "calls", "source", "outcome", "execution"} & set(names)
    assert list(inspect.signature(FakeArena.finish).parameters) == ["self"]


@pytest.mark.parametrize("name", ["segfault", "bug"])
async def test_a_world_that_dies_leaves_no_half_trace(name: str) -> None:
    async with Sandbox("process", backend="fake", limits=QUICK, workers=1) as sandbox:
        episode = await sandbox.run(f"open_gripper()\npick({name!r})\nopen_gripper()", fake_instance())
    assert episode.execution.ending is Ending.INFRASTRUCTURE
    assert episode.execution.skill_calls == ()
    assert episode.verdict.strict is Decision.NONE
