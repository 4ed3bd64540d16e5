"""A guest that was taken is killed and given back, whatever happens to whoever waits for that."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.errors import GuestLost
from blazer.sandbox.limits import Limits
from blazer.sandbox.processes import Guest
from blazer.sandbox.session import EXIT_WAIT_S, Session

LIVES_ON = """
import os
for number in range(64):
    try:
        os.close(number)
    except OSError:
        pass
while True:
    pass
"""


class Pool:
    """Counts who was given back."""

    def __init__(self) -> None:
        self.back = 0

    async def ended(self) -> None:
        self.back += 1


class Lines:
    """A guest, and its channel, that nobody answers for."""

    returncode = None
    pid = None

    def __init__(self) -> None:
        self.killed = False

    @property
    def lines(self) -> Lines:
        return self

    async def wait(self, timeout_s: float) -> int | None:
        raise GuestLost("the daemon does not answer")

    async def kill(self) -> None:
        self.killed = True


def session_of(pool: Any, guest: Any) -> Session:
    made = Session(pool, Limits(), "x = 1", policy=True, skills={})
    made.guest = guest
    return made


async def test_a_run_that_is_cancelled_while_its_guest_is_waited_for_leaves_none() -> None:
    taken: list[Guest] = []
    async with CodeSandbox("process", limits=Limits(wall_s=10.0), workers=1) as box:
        take = box._pool.take

        async def seen(timeout_s: float) -> Guest:
            taken.append(await take(timeout_s))
            return taken[-1]

        box._pool.take = seen  # type: ignore[method-assign]
        run = asyncio.create_task(box.run(LIVES_ON, policy=False))
        async with asyncio.timeout(60):
            while not (taken and taken[0].lines.ended):
                await asyncio.sleep(0.005)
        await asyncio.sleep(EXIT_WAIT_S / 8)
        assert taken[0].lines.returncode is None, "it closed its channel and lives on"
        run.cancel()
        with pytest.raises(asyncio.CancelledError):
            await run
        assert taken[0].lines.returncode is not None
        assert box._pool._running == 0


async def test_a_guest_that_nobody_answers_for_is_killed_all_the_same() -> None:
    pool, guest = Pool(), Lines()
    session = session_of(pool, guest)
    for _ in range(2):  # the second asks for the same end
        with pytest.raises(GuestLost, match="does not answer"):
            await session.end(1.0)
    assert guest.killed
    assert pool.back == 1


async def test_without_a_guest_there_is_nothing_to_end() -> None:
    pool = Pool()
    await session_of(pool, None).end()
    assert pool.back == 0
