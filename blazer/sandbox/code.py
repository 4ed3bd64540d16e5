"""Safe execution of untrusted Python, without robots: source and inputs in, a typed result out.

    async with CodeSandbox(tier="docker") as box:
        result = await box.run("result = sum(inputs['numbers'])", inputs={"numbers": [1, 2, 3]})

The same guests, tiers, policy, channel and classifier as for episodes; no skill is declared, no
world is there, and nothing of either is loaded. What a program leaves in the global name `result`
comes back as plain data. It is the program's own word: nothing here says whether it is right.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, Self

from pydantic import JsonValue

from blazer.core.errors import ConfigError, UsageError
from blazer.core.outcomes import Ending
from blazer.core.records import (
    Captured,
    Fault,
    IsolationLevel,
    PolicyFinding,
    PolicyReport,
    Record,
    Timings,
)
from blazer.sandbox.checker import Checker, require_text
from blazer.sandbox.classify import End, ending_of
from blazer.sandbox.errors import GuestLost
from blazer.sandbox.limits import Limits
from blazer.sandbox.pool import GuestPool, PoolStats
from blazer.sandbox.processes import Tier
from blazer.sandbox.session import EXIT_WAIT_S, TRIES, Session, evidence_of, refused
from blazer.sandbox.tiers import make_tier

CodeTier = Literal["docker", "runsc", "process", "none"]
MAX_INPUT_BYTES = 1024 * 1024


class CodeResult(Record):
    """What became of one program."""

    ending: Ending
    value: JsonValue = None
    """What the program left in the global name `result`, if it came to its end by itself."""
    note: str = ""
    """Why there is no value, if the program left one that cannot be given back."""
    fault: Fault | None = None
    """Why it did not come to its end."""
    stdout: Captured = Captured()
    findings: tuple[PolicyFinding, ...] = ()
    """What the language policy has against it, if it was refused."""
    isolation: IsolationLevel = IsolationLevel(tier="none")
    timings: Timings = Timings()

    @property
    def ok(self) -> bool:
        """Whether it ran to its end."""
        return self.ending is Ending.COMPLETED


class CodeSandbox:
    """An asynchronous context; inside it, `run` and `check` may be called from many tasks at once.

    Args:
        tier: How guests are isolated, by name or as a tier whose guests have no skills declared. "none"
            promises nothing and is for the tests of the rest.
        limits: What a program may use; those of skills and worlds mean nothing here.
        workers: How many programs run at a time; the others wait their turn.
        guests: How many guests wait ready; one more than the workers when not given.
        image: Tag of the image for the tiers that use one; the one of this version when not given.

    Raises:
        ConfigError: for an unknown tier or a number that makes no sense.
    """

    def __init__(
        self,
        tier: CodeTier | Tier = "docker",
        *,
        limits: Limits | None = None,
        workers: int = 2,
        guests: int | None = None,
        image: str | None = None,
    ) -> None:
        _check_count("workers", workers)
        if guests is not None:
            _check_count("guests", guests)
        if limits is not None and not isinstance(limits, Limits):
            raise ConfigError(f"limits must be a Limits, such as Limits(wall_s=5), got {limits!r}")
        self.limits = limits or Limits()
        self._opened = False
        self._tier = make_tier(tier, self.limits, image, skills=False) if isinstance(tier, str) else tier
        self._pool = GuestPool.of(self._tier, workers, guests)
        self._checker = Checker(self._tier, self.limits)
        self._free = asyncio.Semaphore(workers)
        self.isolation = IsolationLevel(tier="none")
        """What the first guest proved, once open."""

    async def __aenter__(self) -> Self:
        """Start the first guest; the others follow in the background.

        Raises:
            SandboxUnavailable: the tier cannot be had here, or cannot prove its promises.
            GuestLost: the first guest did not come up.
        """
        try:
            await self._tier.open()
            self.isolation = await self._pool.open()
        except BaseException:
            await asyncio.shield(self._close())
            raise
        self._opened = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End every guest."""
        self._opened = False
        await asyncio.shield(self._close())

    async def _close(self) -> None:
        await self._pool.close()
        await self._checker.close()
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

    async def run(
        self,
        source: str,
        *,
        inputs: Mapping[str, JsonValue] | None = None,
        policy: bool = True,
    ) -> CodeResult:
        """Run a program in a guest of its own.

        Args:
            source: The program. It finds `inputs` defined, and what it leaves in `result` comes back.
            inputs: Plain JSON data; a copy is handed over.
            policy: False leaves the language policy out, so that the tier alone has to hold. Programs
                may then use all of Python that the confinement leaves.

        Returns:
            What happened, whatever the program did; `infrastructure` if the sandbox failed twice.

        Raises:
            UsageError: if the sandbox is not open, the program is no text, or the inputs are not plain JSON
                data or too much of it.
            SandboxBusy: no guest became free in time.
            SandboxUnavailable: guests cannot prove their promises any more.
        """
        require_text(source)
        if not isinstance(policy, bool):
            raise UsageError(f"policy is True or False, not {policy!r}")
        given = _plain_inputs(inputs)
        if not self._opened:
            raise UsageError("this sandbox is not open: use it inside `async with CodeSandbox(...) as box:`")
        lost = ""
        async with self._free:
            for _ in range(TRIES):
                try:
                    result = await self._try(source, given, policy=policy)
                except GuestLost as crash:
                    lost = str(crash)
                    continue
                if result.ending is not Ending.INFRASTRUCTURE:
                    return result
                lost = result.fault.message if result.fault else "the guest was ended from outside"
        return CodeResult(ending=Ending.INFRASTRUCTURE, fault=Fault(kind="GuestLost", message=lost[:4000]))

    async def _try(self, source: str, inputs: dict[str, Any], *, policy: bool) -> CodeResult:
        session = Session(self._pool, self.limits, source, policy=policy, skills={})
        try:
            return await self._once(session, inputs)
        finally:
            await asyncio.shield(session.end())

    async def _once(self, session: Session, inputs: dict[str, Any]) -> CodeResult:
        began = time.monotonic()
        report = await session.take()
        if not report.accepted:
            evidence, fault = refused(report)
            return CodeResult(
                ending=ending_of(evidence),
                fault=fault,
                findings=report.findings,
                isolation=session.isolation,
                timings=Timings(
                    wall_s=time.monotonic() - began - session.guest_wait_s, guest_start_s=session.guest_wait_s
                ),
            )
        relay = session.relay(None)
        end = await relay.run({"seed": 0, "inputs": inputs, "value": True})
        gone = await session.end(EXIT_WAIT_S if end is End.DIED else 0.0)
        return CodeResult(
            ending=ending_of(evidence_of(end, relay, gone)),
            value=relay.ended.value if relay.ended else None,
            note=relay.ended.note if relay.ended else "",
            fault=session.fault(end, relay, gone),
            stdout=relay.output(),
            isolation=session.isolation,
            timings=Timings(
                wall_s=time.monotonic() - began - session.guest_wait_s, guest_start_s=session.guest_wait_s
            ),
        )


def run_code(
    source: str,
    *,
    tier: CodeTier = "docker",
    inputs: Mapping[str, JsonValue] | None = None,
    policy: bool = True,
    limits: Limits | None = None,
    image: str | None = None,
) -> CodeResult:
    """Run one program and wait for it: for scripts. Who runs many keeps a `CodeSandbox` open.

    Args:
        source: See `CodeSandbox.run`.
        tier: See `CodeSandbox`.
        inputs: See `CodeSandbox.run`.
        policy: See `CodeSandbox.run`.
        limits: See `CodeSandbox`.
        image: See `CodeSandbox`.

    Raises:
        UsageError: inside a running event loop, which this would block; or as `CodeSandbox.run`.
        ConfigError: for an unknown tier.
        SandboxError: the tier cannot be had here, or no guest became free in time.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        raise UsageError(
            "run_code waits, and would block the running event loop; there, use: async with CodeSandbox(...)"
        )

    require_text(source)

    async def once() -> CodeResult:
        async with CodeSandbox(tier, limits=limits, workers=1, guests=1, image=image) as box:
            return await box.run(source, inputs=inputs, policy=policy)

    return asyncio.run(once())


def _check_count(name: str, value: object) -> None:
    if type(value) is not int or value < 1:
        raise ConfigError(f"{name} must be a whole number and at least 1, got {value!r}")


def _plain_inputs(inputs: Mapping[str, JsonValue] | None) -> dict[str, Any]:
    """A plain copy, or an error that says what is wrong."""
    if inputs is not None and not isinstance(inputs, Mapping):
        raise UsageError(
            f"inputs must be a mapping of names to JSON data, such as {{'numbers': [1, 2]}}, "
            f"got {type(inputs).__name__}"
        )
    given = dict(inputs or {})
    wrong = next((key for key in given if not isinstance(key, str)), None)
    if wrong is not None:
        raise UsageError(f"inputs must have texts as names, got {wrong!r}")
    try:
        text = json.dumps(given, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise UsageError(f"inputs must be plain JSON data with finite numbers: {error}") from None
    if len(text) > MAX_INPUT_BYTES:
        raise UsageError(
            f"inputs have {len(text)} bytes as JSON; at most {MAX_INPUT_BYTES} can be handed over"
        )
    copy: dict[str, Any] = json.loads(text)
    return copy
