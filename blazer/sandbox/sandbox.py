"""The sandbox: hands programs to guests, relays their skill calls to worlds, returns what happened.

It is the host's part of the picture in `docs/design.md`. It holds no secret and judges nothing. Not a
scheduler: as many programs run at a time as it has workers, and the others wait their turn.

    async with Sandbox(tier="process", workers=2) as sandbox:
        episode = await sandbox.run(source, instance)
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import Any, Literal, Self

from blazer.core.errors import ConfigError
from blazer.core.records import Execution, Fault, IsolationLevel, PolicyReport, WorldState
from blazer.sandbox.checker import Checker, require_text
from blazer.sandbox.classify import End, Evidence, classify, ending_of
from blazer.sandbox.episode import Attempt, Episode, undecided
from blazer.sandbox.errors import GuestLost, WorldCrashed
from blazer.sandbox.limits import Limits
from blazer.sandbox.pool import GuestPool, PoolStats
from blazer.sandbox.processes import Tier
from blazer.sandbox.session import TRIES
from blazer.sandbox.tiers import make_tier
from blazer.sandbox.worker import World
from blazer.tasks.spec import TaskInstance

TierName = Literal["process", "docker", "runsc", "none"]

__all__ = ["Sandbox", "TierName", "make_tier"]


class Sandbox:
    """An asynchronous context; inside it, `run` and `check` may be called from many tasks at once.

    Args:
        tier: How guests are isolated, by name or as a tier. "none" promises nothing and is for the tests
            of the rest.
        limits: What a program may use.
        workers: How many programs run at a time, each with a world of its own.
        backend: Simulator backend of the worlds; "fake" is a world without physics.
        guests: How many guests wait ready; one more than the workers when not given.
        image: Tag of the image for the tiers that use one; the one of this version when not given.

    Raises:
        ConfigError: for an unknown tier or a number that makes no sense.
    """

    def __init__(
        self,
        tier: TierName | Tier = "process",
        *,
        limits: Limits | None = None,
        workers: int = 2,
        backend: str = "mujoco",
        guests: int | None = None,
        image: str | None = None,
    ) -> None:
        if workers < 1:
            raise ConfigError(f"workers must be at least 1, got {workers}")
        self.limits = limits or Limits()
        self._tier = make_tier(tier, self.limits, image) if isinstance(tier, str) else tier
        self._pool = GuestPool.of(self._tier, workers, guests)
        self._checker = Checker(self._tier, self.limits)
        self._all = [World(self._tier, backend, self.limits) for _ in range(workers)]
        self._free: asyncio.Queue[World] = asyncio.Queue()
        self.about: dict[str, str] = {}
        """`backend` and `backend_version`, once open."""
        self.isolation = IsolationLevel(tier="none")
        """What the first guest proved, once open."""

    async def __aenter__(self) -> Self:
        """Start worlds and the first guest.

        Raises:
            SandboxUnavailable: the tier cannot be had here, or cannot prove its promises.
            WorldCrashed: a world did not come up.
        """
        try:
            await self._tier.open()
            await _together(self._open_pool(), *(world.start() for world in self._all))
            self.about = await self._all[0].about()
        except BaseException:
            await asyncio.shield(self._close())
            raise
        for world in self._all:
            self._free.put_nowait(world)
        return self

    async def _open_pool(self) -> None:
        self.isolation = await self._pool.open()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End every guest and world."""
        await asyncio.shield(self._close())

    async def _close(self) -> None:
        await self._pool.close()
        await self._checker.close()
        for world in self._all:
            with contextlib.suppress(GuestLost):  # it does not go; the tier's own clean-up comes after this
                await world.stop()
        await self._tier.close()

    @property
    def guests(self) -> PoolStats:
        """How the pool of guests stands."""
        return self._pool.stats()

    async def check(self, source: str) -> PolicyReport:
        """All that the language policy has against a program; it is not run.

        Raises:
            UsageError: if it is no text.
            SandboxError: if the checking process could not be started.
        """
        return await self._checker.check(source)

    async def observe(self, instance: TaskInstance) -> WorldState:
        """The listed objects and the gripper of an instance before anything moved.

        Raises:
            WorldCrashed: if the world failed twice.
        """
        for number in range(1, TRIES + 1):
            world = await self._free.get()
            try:
                return await world.observe(instance)
            except WorldCrashed:
                if number == TRIES:
                    raise
            except BaseException:
                await asyncio.shield(world.stop())
                raise
            finally:
                self._free.put_nowait(world)
        raise AssertionError("the last try returns or raises")

    async def run(
        self,
        source: str,
        instance: TaskInstance,
        verify: Sequence[TaskInstance] = (),
        *,
        trajectory: bool = True,
        policy: bool = True,
    ) -> Episode:
        """Run a program on a task, judge the world, and do the same on further seeds.

        Args:
            source: The program.
            instance: The one it was written for.
            verify: Further ones, run one after the other by the same guest.
            trajectory: Record the motion on `instance`.
            policy: False leaves the language policy out; for the batteries that ask whether the
                tier alone holds, never for collecting.

        Returns:
            What happened; `infra_error` if the sandbox failed twice.

        Raises:
            UsageError: if the program is no text.
            SandboxBusy: no guest became free in time.
            SandboxUnavailable: guests cannot be started any more.
        """
        require_text(source)
        lost: WorldCrashed | GuestLost | None = None
        for _ in range(TRIES):
            world = await self._free.get()
            try:
                attempt = Attempt(self._pool, world, self.limits, source, policy=policy)
                episode = await attempt.run((instance, *verify), trajectory=trajectory)
                if episode.execution.outcome != "infra_error":
                    return episode
                lost = GuestLost(f"the guest was killed from outside: {episode.execution.fault}")
            except (WorldCrashed, GuestLost) as crash:
                lost = crash
            except BaseException:
                # Cancelled in the middle: a reply may still be under way, so the world is done for.
                await asyncio.shield(world.stop())
                raise
            finally:
                self._free.put_nowait(world)
        return _infra(lost)


async def _together(*parts: Coroutine[Any, Any, None]) -> None:
    """Run all; when one fails, none goes on behind our back."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _infra(lost: Exception | None) -> Episode:
    text = str(lost)
    evidence = Evidence(end=End.DIED, infra=text)
    execution = Execution(
        outcome=classify(evidence),
        ending=ending_of(evidence),
        fault=Fault(kind=type(lost).__name__, message=text[:4000]),
    )
    return Episode(execution=execution, verdict=undecided("the sandbox failed"))
