"""Which sandbox a command gets: `auto` is Docker where it works, else the process tier.

The process tier is never chosen silently for a language model's programs: those run in Docker, or
the user asks for another tier by name.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import TypeVar

from blazer.cli.output import err, say
from blazer.core.errors import ConfigError
from blazer.sandbox.code import CodeSandbox
from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.limits import Limits
from blazer.sandbox.sandbox import Sandbox, TierName

TIERS = ("auto", "docker", "runsc", "process")
S = TypeVar("S", Sandbox, CodeSandbox)


def named_tier(name: str) -> TierName:
    """A tier by its own name, for commands that compare or strain tiers: none stands in for another.

    Raises:
        ConfigError: lists the ones that exist.
    """
    match name:
        case "docker" | "runsc" | "process":
            return name
    raise ConfigError(f"unknown sandbox tier {name!r}; there are {', '.join(TIERS[1:])}")


@asynccontextmanager
async def open_sandbox(
    tier: str, workers: int, *, language_model: bool, quiet: bool = False, limits: Limits | None = None
) -> AsyncIterator[Sandbox]:
    """A sandbox of the tier, open.

    Args:
        tier: One of `TIERS`.
        workers: How many programs run at a time.
        language_model: Whether any program comes from anything but the built-in model.
        quiet: Do not remark that `auto` fell back.
        limits: Of a program; the defaults when not given.

    Raises:
        ConfigError: unknown tier.
        SandboxUnavailable: it cannot be had; says how to go on.
    """

    def make(name: TierName) -> Sandbox:
        return Sandbox(name, workers=workers, limits=limits)

    sandbox = await _entered(tier, make, language_model=language_model, quiet=quiet)
    try:
        yield sandbox
    finally:
        await sandbox.__aexit__(None, None, None)


def check_steps(states: Collection[str], tier: str, *, redo: bool) -> None:
    """Open a sandbox for a student's programs once, before hours of work that would end in one.

    Not where nothing is to be done, or where it is refused anyway because finished steps are others now.

    Args:
        states: Of all steps of a loop or study, as `bootstrap.steps.Status` has them; every one of those
            ends in an evaluation.
        tier: One of `TIERS`.
        redo: Whether finished steps may be done again.

    Raises:
        ConfigError: unknown tier.
        SandboxUnavailable: it cannot be had; says how to go on.
    """
    if set(states) <= {"done"} or ("changed" in states and not redo):
        return

    async def once() -> None:
        async with open_sandbox(tier, 1, language_model=True):
            pass

    asyncio.run(once())


@asynccontextmanager
async def open_code_sandbox(
    tier: str, limits: Limits, *, workers: int = 1, quiet: bool = False
) -> AsyncIterator[CodeSandbox]:
    """A sandbox of the tier for programs without a robot, open.

    Args:
        tier: One of `TIERS`.
        limits: Of a program.
        workers: How many programs run at a time.
        quiet: Do not remark that `auto` fell back.

    Raises:
        As `open_sandbox`.
    """

    def make(name: TierName) -> CodeSandbox:
        return CodeSandbox(name, limits=limits, workers=workers, guests=workers)

    box = await _entered(tier, make, language_model=False, quiet=quiet)
    try:
        yield box
    finally:
        await box.__aexit__(None, None, None)


async def _entered(tier: str, make: Callable[[TierName], S], *, language_model: bool, quiet: bool) -> S:
    match tier:
        case "docker" | "runsc" | "process":
            return await make(tier).__aenter__()
        case "auto":
            pass
        case _:
            raise ConfigError(f"unknown sandbox tier {tier!r}; there are {', '.join(TIERS)}")
    try:
        return await make("docker").__aenter__()
    except SandboxUnavailable as error:
        if language_model:
            raise SandboxUnavailable(
                f"{error}. Programs of a language model run in Docker, with the images that `blazer sandbox "
                "build` makes; --tier process runs them with weaker isolation, if you ask for it by name"
            ) from None
        if not quiet:
            say(err(), f"sandbox: process tier, because Docker is not to be had: {error}", style="dim")
    return await make("process").__aenter__()
