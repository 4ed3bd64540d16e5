"""Which sandbox a command gets: `auto` is Docker where it works, else the process tier.

The process tier is never chosen silently for a language model's programs: those run in Docker, or
the user asks for another tier by name.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from blazer.cli.output import err, say
from blazer.core.errors import ConfigError
from blazer.sandbox.errors import SandboxUnavailable
from blazer.sandbox.sandbox import Sandbox

TIERS = ("auto", "docker", "runsc", "process")


@asynccontextmanager
async def open_sandbox(
    tier: str, workers: int, *, language_model: bool, quiet: bool = False
) -> AsyncIterator[Sandbox]:
    """A sandbox of the tier, open.

    Args:
        tier: One of `TIERS`.
        workers: How many programs run at a time.
        language_model: Whether any program comes from anything but the built-in model.
        quiet: Do not remark that `auto` fell back.

    Raises:
        ConfigError: unknown tier.
        SandboxUnavailable: it cannot be had; says how to go on.
    """
    sandbox = await _entered(tier, workers, language_model=language_model, quiet=quiet)
    try:
        yield sandbox
    finally:
        await sandbox.__aexit__(None, None, None)


async def _entered(tier: str, workers: int, *, language_model: bool, quiet: bool) -> Sandbox:
    match tier:
        case "docker" | "runsc" | "process":
            return await Sandbox(tier, workers=workers).__aenter__()
        case "auto":
            pass
        case _:
            raise ConfigError(f"unknown sandbox tier {tier!r}; there are {', '.join(TIERS)}")
    try:
        return await Sandbox("docker", workers=workers).__aenter__()
    except SandboxUnavailable as error:
        if language_model:
            raise SandboxUnavailable(
                f"{error}. Programs of a language model run in Docker; --tier process runs them with "
                "weaker isolation, if you ask for it by name"
            ) from None
        if not quiet:
            say(err(), f"sandbox: process tier, because Docker is not to be had: {error}", style="dim")
    return await Sandbox("process", workers=workers).__aenter__()
