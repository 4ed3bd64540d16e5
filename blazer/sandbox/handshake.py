"""From a started process to a guest that has proved its confinement, or an error that says why not."""

from __future__ import annotations

import math
import time
from typing import Any

from blazer.core.records import IsolationLevel
from blazer.sandbox.errors import GuestLost, ProtocolFault, SandboxUnavailable
from blazer.sandbox.guest import wire
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines, Lines, LineTooLong
from blazer.sandbox.protocol import GuestSide, Inner, Ready, skill_declaration
from blazer.skills.api import SKILL_ERRORS


def init_message(limits: Limits, *, readable: list[str], namespaces: bool) -> dict[str, Any]:
    """The first line to a guest: the API's declaration and the confinement wanted.

    Args:
        readable: The only paths that the guest may read from then on.
        namespaces: Whether it is to make its own; a container has them already.
    """
    return {
        "v": wire.PROTOCOL_VERSION,
        "t": "init",
        "skills": skill_declaration(),
        "errors": SKILL_ERRORS,
        "source_bytes": limits.source_kb * 1024,
        "confine": {
            "enabled": True,
            "namespaces": namespaces,
            "readable": readable,
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


def promises_of(ready: Ready) -> dict[str, bool]:
    """Named protections, each proved by what the guest saw or by a step that took."""
    seen, failed = ready.seen, ready.steps
    return {
        "not_root": seen.get("uid") not in (0, None),
        "no_capabilities": seen.get("capabilities") is False,
        "no_new_privileges": seen.get("no_new_privs") is True,
        "seccomp": seen.get("seccomp") is True,
        "network_none": seen.get("interfaces") in ([], ["lo"]) and "namespaces" not in failed,
        "read_only_root": seen.get("root_writable") is False,
        "own_processes_only": seen.get("processes", 99) <= 3 and seen.get("pid", 99) < 20,
        "empty_environment": seen.get("environment") == [],
        "landlock": "landlock" not in failed,
        "memory_limit": "limits" not in failed,
    }


def proved(tier: str, ready: Ready, required: tuple[str, ...]) -> IsolationLevel:
    """The isolation level, if every required promise is kept.

    Raises:
        SandboxUnavailable: names the promises that are not, and the steps that failed.
    """
    promises = promises_of(ready)
    missing = [name for name in required if not promises[name]]
    if missing:
        steps = "; ".join(f"{name}: {text}" for name, text in ready.steps.items()) or "no step failed"
        raise SandboxUnavailable(
            f"the {tier} tier cannot prove {', '.join(missing)} on this machine ({steps}); "
            "it refuses to run programs. `blazer doctor` shows what is available"
        )
    return IsolationLevel.model_validate({"tier": tier, "promises": promises})
