"""From a started process to a guest that has proved its confinement, or an error that says why not."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

from blazer.core.errors import ConfigError
from blazer.core.records import IsolationLevel
from blazer.sandbox.attestation import promises_of
from blazer.sandbox.errors import GuestLost, ProtocolFault, SandboxUnavailable
from blazer.sandbox.guest import wire
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines, Lines, LineTooLong
from blazer.sandbox.protocol import GuestSide, Inner, Ready, skill_declaration
from blazer.skills.api import SKILL_ERRORS


def init_message(
    limits: Limits,
    *,
    readable: list[str],
    hidden: list[str] | None = None,
    namespaces: bool,
    skills: bool = True,
) -> dict[str, Any]:
    """The first line to a guest: the API's declaration and the confinement wanted.

    Args:
        readable: The only paths that the guest may read from then on.
        hidden: Directories below them that it may not read but for what `readable` has in them.
        namespaces: Whether it is to make its own; a container has them already.
        skills: Whether the API's skills are declared; plain code has none.
    """
    return {
        "v": wire.PROTOCOL_VERSION,
        "t": "init",
        "skills": skill_declaration() if skills else [],
        "errors": SKILL_ERRORS if skills else {},
        "names": [] if skills else ["inputs"],
        "source_bytes": limits.source_kb * 1024,
        "confine": {
            "enabled": True,
            "namespaces": namespaces,
            "readable": readable,
            "hidden": hidden or [],
            "memory_mb": limits.memory_mb,
            "files": limits.files,
            # Far beyond what the host allows any number of seeds to take.
            "cpu_s": 60 + 32 * math.ceil(limits.wall_s),
        },
    }


async def await_ready(lines: Lines, init: dict[str, Any], timeout_s: float) -> Ready:
    """Send the first line and wait for READY.

    Raises:
        GuestLost: if it died, said nonsense or took too long.
    """
    reader, deadline = GuestSide(), time.monotonic() + timeout_s
    try:
        await lines.send(init)
        while True:
            message = reader.parse(await lines.read_line(max(deadline - time.monotonic(), 0.001)))
            if isinstance(message, Inner):
                lines.adopt(message.pid)
            elif isinstance(message, Ready):
                return message
            else:
                raise ProtocolFault(f"{type(message).__name__} before READY")
    except TimeoutError:
        why = f"it was not ready within {timeout_s:g} s"
    except (EndOfLines, LineTooLong, ProtocolFault) as fault:
        why = str(fault) or "it ended before it was ready"
    await lines.wait(0.5)
    said = lines.stderr.captured().text[-2000:]
    raise GuestLost(f"a guest could not be started: {why}; it wrote: {said or 'nothing'}")


def check_memory(limits: Limits, machine_mb: int, whose: str) -> None:
    """A limit beyond what a machine has limits nothing, and some of what holds it takes no such number.

    Args:
        limits: As asked for.
        machine_mb: Memory of the machine that the guests are to run on; 0 where it does not say.
        whose: Of whom it is, for the message.

    Raises:
        ConfigError: names both.
    """
    if 0 < machine_mb < limits.memory_mb:
        raise ConfigError(
            f"a memory limit of {limits.memory_mb} MB is more than {whose} has ({machine_mb} MB); "
            f"give one of 64 to {machine_mb} MB"
        )


def proved(
    tier: str, ready: Ready, required: tuple[str, ...], further: Mapping[str, bool] | None = None
) -> IsolationLevel:
    """The isolation level, if every required promise is kept.

    Args:
        tier: Its name.
        ready: What the guest reported.
        required: Promises without which no program is run.
        further: What was seen from outside; takes precedence.

    Raises:
        SandboxUnavailable: names the promises that are not, and the steps that failed.
    """
    promises = {**promises_of(ready), **(further or {})}
    missing = [name for name in required if not promises.get(name)]
    if missing:
        steps = "; ".join(f"{name}: {text}" for name, text in ready.steps.items()) or "every step took"
        after = ready.seen.get("after")
        through = (after.get("calls") if isinstance(after, Mapping) else None) or []
        steps += f"; let through: {', '.join(map(str, through))[:300]}" if through else ""
        raise SandboxUnavailable(
            f"the {tier} tier cannot prove {', '.join(missing)} on this machine ({steps}); "
            "it refuses to run programs. `blazer doctor` shows what is available"
        )
    return IsolationLevel.model_validate({"tier": tier, "promises": promises})
