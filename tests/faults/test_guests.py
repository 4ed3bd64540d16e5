"""Guests and worlds that die, do not come up, or are not wanted any more, at the sandbox's own interface."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from blazer.core.digest import digest
from blazer.core.errors import SandboxError
from blazer.core.outcomes import OUTCOME_TABLE, Ending, Outcome
from blazer.core.records import Decision, Execution
from blazer.core.rng import stream
from blazer.eval.leftovers import Watch
from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.errors import GuestLost, SandboxBusy
from blazer.sandbox.fake import fake_instance
from blazer.sandbox.limits import Limits
from blazer.sandbox.process_tier import ProcessTier
from blazer.sandbox.processes import Guest
from blazer.sandbox.sandbox import Sandbox
from blazer.sandbox.worker import World
from blazer.tasks.spec import TaskInstance
from tests.faults.runs import GUEST, below, kill

LIMITS = Limits(wall_s=120.0, guest_start_s=60.0)
SUM = "total = 0\nfor number in range({n}):\n    total += number\nresult = total\n"
QUICK, LONG = SUM.replace("{n}", "1000"), SUM.replace("{n}", "20000000")
PUT_AWAY = "pick('thing0')\nplace_at([0.3, 0.1, 0.8])\n"


def guests() -> list[int]:
    """Of this process, outer ones before inner ones."""
    return [pid for pid, line in below(os.getpid()) if GUEST in line]


class DoomedGuest:
    """A guest that somebody kills at the moment when it is given something."""

    def __init__(self, guest: Guest, at: str) -> None:
        self._guest, self._at = guest, at
        self.lines: Any = self
        self.isolation = guest.isolation

    def __getattr__(self, name: str) -> Any:
        return getattr(self._guest.lines, name)

    async def send(self, message: Mapping[str, Any]) -> None:
        if message["t"] == self._at:
            kill(self._guest.lines.pid or 0)
            await self._guest.lines.wait(5.0)
        await self._guest.lines.send(message)

    async def kill(self) -> None:
        await self._guest.kill()

    async def out_of_memory(self) -> bool:
        return await self._guest.out_of_memory()


class FaultyTier(ProcessTier):
    """The process tier, with what goes wrong in `fault`: it may wait, raise or change a guest."""

    def __init__(self, fault: Callable[[Guest | None], Awaitable[Guest | None]]) -> None:
        super().__init__(LIMITS, skills=False)
        self._fault = fault

    async def start_guest(self, *, awaited: bool = True) -> Guest:
        await self._fault(None)
        guest = await super().start_guest(awaited=awaited)
        return await self._fault(guest) or guest


def doomed(count: int, at: str) -> FaultyTier:
    """A tier whose first guests are killed once they are given a message of that type."""
    left = [count]

    async def fault(guest: Guest | None) -> Guest | None:
        if guest is None or left[0] == 0:
            return guest
        left[0] -= 1
        return DoomedGuest(guest, at)

    return FaultyTier(fault)


@pytest_asyncio.fixture
async def box(watch: Watch) -> AsyncIterator[CodeSandbox]:
    async with CodeSandbox("process", limits=LIMITS, workers=2, guests=3) as opened:
        yield opened
    assert guests() == []
    assert watch.wait(60.0).left.nothing


async def until(holds: Callable[[], bool], timeout_s: float = 120.0) -> None:
    deadline_s = time.monotonic() + timeout_s
    while not holds():
        assert time.monotonic() < deadline_s, "it did not come about"
        await asyncio.sleep(0.01)


async def test_killed_while_they_wait(box: CodeSandbox) -> None:
    for _ in range(3):
        await until(lambda: box.guests.ready == 3)
        for pid in guests():
            kill(pid)
        result = await box.run(QUICK)
        assert (result.ending, result.value) == (Ending.COMPLETED, 499500)


@pytest.mark.parametrize("inner", [False, True])
async def test_killed_while_it_runs(box: CodeSandbox, inner: bool) -> None:
    """Once: somebody else runs the program. Each time: nothing is known of the program."""

    async def strike(times: int, taken: int) -> None:
        for number in range(1, times + 1):
            # Nobody but the one that runs uses the processor: no guest is being started.
            await until(lambda number=number: box.guests.taken == taken + number)  # type: ignore[misc]
            await until(lambda: box.guests.ready == 3 and box.guests.starting == 0)
            running = await _the_running_one()
            assert kill(running if inner else _parent(running))

    for times, ending in ((1, Ending.COMPLETED), (2, Ending.INFRASTRUCTURE)):
        await until(lambda: box.guests.ready == 3)
        striking = asyncio.create_task(strike(times, box.guests.taken))
        result = await box.run(LONG if times == 2 else SUM.replace("{n}", "8000000"))
        await striking
        assert result.ending is ending
        if ending is Ending.INFRASTRUCTURE:
            assert result.fault is not None and result.value is None


async def _the_running_one() -> int:
    """The guest that uses the processor; those that wait use none."""
    while True:
        before = {pid: _cpu_ticks(pid) for pid in guests()}
        await asyncio.sleep(0.2)
        used = {pid: _cpu_ticks(pid) - ticks for pid, ticks in before.items()}
        pid = max(used, key=lambda pid: used[pid], default=0)
        if pid and used[pid] >= 3:
            return pid


def _cpu_ticks(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[11]) + int(fields[12]) if fields else -1


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _stat(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


@pytest.mark.parametrize("at", ["run", "go"])
@pytest.mark.parametrize(("count", "ending"), [(1, Ending.COMPLETED), (9, Ending.INFRASTRUCTURE)])
async def test_killed_over_a_program_is_never_the_programs_doing(
    at: str, count: int, ending: Ending, watch: Watch
) -> None:
    async with CodeSandbox(doomed(count, at), limits=LIMITS, workers=1, guests=1) as box:
        result = await box.run(QUICK)
        assert result.ending is ending
        assert result.findings == ()
        if ending is Ending.INFRASTRUCTURE:
            assert result.fault is not None
            assert "outside" in result.fault.message or "SIGKILL" in result.fault.message
    assert watch.wait(60.0).left.nothing


async def test_a_checker_that_is_killed_refuses_nobody(watch: Watch) -> None:
    """A refusal would be a negative example of a program that nobody has looked at."""
    # The first guest waits in the pool; the next two are the checker's.
    async with CodeSandbox(doomed(3, "check"), limits=LIMITS, workers=1, guests=1) as box:
        with pytest.raises(GuestLost, match="outside"):
            for _ in range(3):
                assert (await box.check(QUICK)).accepted
        assert (await box.check(QUICK)).accepted
    assert watch.wait(60.0).left.nothing


def _instances(count: int) -> list[TaskInstance]:
    return [fake_instance(seed) for seed in range(count)]


@pytest.mark.parametrize("what", ["guest", "world"])
@pytest.mark.parametrize("often", [False, True])
async def test_killed_between_the_seeds(
    what: str, often: bool, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The pass rate of a program has no part of what killed its guest or its world."""
    struck: list[int] = []
    load = World.load

    async def striking(world: World, instance: TaskInstance, *, trajectory: bool) -> str:
        found = await load(world, instance, trajectory=trajectory)
        if instance.seed == 2 and (often or not struck):
            struck.append(instance.seed)
            victims = [pid for pid in guests() if _children(pid)] if what == "guest" else [world.pid or 0]
            for pid in victims:
                kill(pid)
        return found

    monkeypatch.setattr(World, "load", striking)
    async with Sandbox("process", backend="fake", limits=LIMITS, workers=1, guests=1) as sandbox:
        first, *rest = _instances(5)
        episode = await sandbox.run(PUT_AWAY, first, verify=rest)
    assert struck
    if often:
        assert episode.execution.outcome is Outcome.INFRA_ERROR
        assert episode.verdict.strict is Decision.NONE
    else:
        assert episode.execution.outcome is Outcome.SUCCESS
        assert [seed.outcome for seed in episode.verify_seeds] == [Outcome.SUCCESS] * 4
    assert all(OUTCOME_TABLE[seed.outcome].decided for seed in episode.verify_seeds)
    assert watch.wait(60.0).left.nothing


def _children(pid: int) -> list[int]:
    return [child for child, _ in below(pid)]


def assert_true_to_the_world(execution: Execution) -> None:
    """The trace's calls are those that the world executed, all of them and in order."""
    calls = []
    for call in execution.skill_calls:
        error = call.error and {"kind": call.error.kind, "message": call.error.message, "skill": call.skill}
        calls.append([call.skill, dict(call.arguments), error])
    assert [call.index for call in execution.skill_calls] == list(range(len(calls)))
    assert digest(calls) == execution.final_digest


@pytest.mark.parametrize("calls", [0, 1, 7])
async def test_every_executed_call_is_in_the_trace_when_the_guest_is_killed(
    calls: int, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By a time-out: our own SIGKILL, in the middle of a program that has called so often."""
    limits = Limits(wall_s=2.0)
    async with Sandbox("process", backend="fake", limits=limits, workers=1, guests=1) as sandbox:
        source = f"for number in range({calls}):\n    is_reachable([0.1, 0.1, 0.9])\nwhile True:\n    pass\n"
        episode = await sandbox.run(source, fake_instance())
        assert episode.execution.outcome is Outcome.TIMEOUT
        assert len(episode.execution.skill_calls) == calls
        assert_true_to_the_world(episode.execution)
        # Killed from outside at the third call, once: what is told is the second guest's run, whole.
        struck: list[int] = []
        call = World.call

        async def striking(world: World, skill: str, arguments: dict[str, Any]) -> Any:
            done = await call(world, skill, arguments)
            struck.append(1)
            if len(struck) == 3:
                for pid in guests():
                    kill(pid)
            return done

        monkeypatch.setattr(World, "call", striking)
        source = f"for number in range({calls + 3}):\n    is_reachable([0.1, 0.1, 0.9])\n" + PUT_AWAY
        episode = await sandbox.run(source, fake_instance())
        assert episode.execution.outcome is Outcome.SUCCESS
        assert len(episode.execution.skill_calls) == calls + 5
        assert len(struck) == calls + 5 + 3
        assert_true_to_the_world(episode.execution)
    assert watch.wait(60.0).left.nothing


async def test_no_more_processes(box: CodeSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """fork fails for a while: a typed error, no wait without end, and programs run again afterwards."""
    loop = asyncio.get_running_loop()
    real, failing = loop.subprocess_exec, [True]

    async def refuse(*arguments: Any, **options: Any) -> Any:
        if failing[0]:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return await real(*arguments, **options)

    await until(lambda: box.guests.ready == 3)
    monkeypatch.setattr(loop, "subprocess_exec", refuse)
    endings = [await _ending(box) for _ in range(4)]
    assert set(endings) == {Ending.COMPLETED, Ending.INFRASTRUCTURE}
    assert endings.count(Ending.COMPLETED) == 3, "those that were ready already"
    failing[0] = False
    assert await _ending(box, tries=4) is Ending.COMPLETED


async def test_no_more_processes_for_a_world(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its world dies and none can be started: undecided. A sandbox that opens then says so, typed."""
    loop = asyncio.get_running_loop()

    async def refuse(*arguments: Any, **options: Any) -> Any:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    async with Sandbox("process", backend="fake", limits=LIMITS, workers=1, guests=1) as sandbox:
        with monkeypatch.context() as patched:
            patched.setattr(loop, "subprocess_exec", refuse)
            episode = await sandbox.run("pick('segfault')\n", fake_instance())
            assert episode.execution.outcome is Outcome.INFRA_ERROR
            assert episode.verdict.strict is Decision.NONE
            with pytest.raises(SandboxError, match="could not be started"):
                async with Sandbox("process", backend="fake", limits=LIMITS):
                    pass
        episode = await sandbox.run(PUT_AWAY, fake_instance())
        assert episode.execution.outcome is Outcome.SUCCESS
    assert watch.wait(60.0).left.nothing


async def test_no_more_open_files(box: CodeSandbox) -> None:
    """EMFILE, by this process's own limit; the same once files may be opened again."""
    await until(lambda: box.guests.ready == 3)
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(path.name) for path in Path("/proc/self/fd").iterdir())
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 1, before[1]))
    fillers: list[int] = []
    try:
        endings = []
        for _ in range(4):
            with contextlib.suppress(OSError):
                while True:
                    fillers.append(os.open(os.devnull, os.O_RDONLY))
            endings.append(await _ending(box))
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
        for filler in fillers:
            os.close(filler)
    assert set(endings) <= {Ending.COMPLETED, Ending.INFRASTRUCTURE}
    assert Ending.INFRASTRUCTURE in endings
    assert await _ending(box, tries=4) is Ending.COMPLETED


async def _ending(box: CodeSandbox, tries: int = 1) -> Ending:
    ending = Ending.INFRASTRUCTURE
    for _ in range(tries):
        try:
            async with asyncio.timeout(120):
                ending = (await box.run(QUICK)).ending
        except SandboxError:
            ending = Ending.INFRASTRUCTURE
        if ending is Ending.COMPLETED:
            break
    return ending


async def test_slow_starts_are_waited_for(watch: Watch) -> None:
    async def slowly(guest: Guest | None) -> Guest | None:
        if guest is None:
            await asyncio.sleep(0.3)
        return guest

    async with CodeSandbox(FaultyTier(slowly), limits=LIMITS, workers=3, guests=1) as box:
        results = await asyncio.gather(*(box.run(QUICK) for _ in range(5)))
        assert [result.ending for result in results] == [Ending.COMPLETED] * 5
    assert watch.wait(60.0).left.nothing


async def test_busy_after_the_deadline(watch: Watch) -> None:
    """Guests that never come up: a typed error in time, and nothing is left of those half-started."""
    started = []

    async def never(guest: Guest | None) -> Guest | None:
        if guest is not None:
            started.append(guest)
            if len(started) > 1:
                try:
                    await asyncio.sleep(3600)
                finally:
                    await guest.kill()  # as a tier does with what it has begun
        return guest

    limits = Limits(guest_start_s=0.7)
    async with CodeSandbox(FaultyTier(never), limits=limits, workers=2, guests=1) as box:
        assert (await box.run(QUICK)).ending is Ending.COMPLETED
        began = time.monotonic()
        with pytest.raises(SandboxBusy, match=r"0\.7 s"):
            async with asyncio.timeout(60):
                await box.run(QUICK)
        assert time.monotonic() - began > 0.6
    assert watch.wait(60.0).left.nothing


async def test_cancelled_in_any_phase_nothing_is_left(box: CodeSandbox) -> None:
    rng = stream(11, "cancel")
    for number in range(25):
        task = asyncio.create_task(box.run(QUICK if number % 2 else LONG))
        await asyncio.sleep(rng.uniform(0.0, 0.15) if number % 3 else 0.0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):  # it may have come to its end
            await task
    assert (await box.run(QUICK)).value == 499500
    await until(lambda: box.guests.ready == 3 and box.guests.starting == 0)
    # Outer and inner process of those that wait, and nobody else.
    assert len(guests()) == 6


async def test_cancelled_episodes_leave_nothing_and_their_worlds_serve_on(watch: Watch) -> None:
    rng = stream(12, "cancel")
    async with Sandbox("process", backend="fake", limits=LIMITS, workers=2, guests=2) as sandbox:
        for _ in range(12):
            source = "for number in range(200):\n    is_reachable([0.1, 0.1, 0.9])\n" + PUT_AWAY
            first, *rest = _instances(3)
            task = asyncio.create_task(sandbox.run(source, first, verify=rest))
            await asyncio.sleep(rng.uniform(0.0, 0.2))
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                continue
        episode = await sandbox.run(PUT_AWAY, fake_instance())
        assert episode.execution.outcome is Outcome.SUCCESS
        assert_true_to_the_world(episode.execution)
    assert watch.wait(60.0).left.nothing


async def test_cancelled_while_it_opens(watch: Watch) -> None:
    rng = stream(13, "cancel")

    async def use() -> None:
        async with Sandbox("process", backend="fake", limits=LIMITS, workers=2, guests=2) as sandbox:
            await sandbox.run(PUT_AWAY, fake_instance())

    for _ in range(8):
        task = asyncio.create_task(use())
        await asyncio.sleep(rng.uniform(0.0, 0.6))
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            continue
    assert watch.wait(60.0).left.nothing
