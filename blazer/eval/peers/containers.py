"""The containers of the comparison: whether they are there, what runs in them, and removing them.

Only containers that a driver has named, or that run a peer's own image.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence


def alive(containers: Sequence[str]) -> list[str]:
    """Those of the containers that the daemon still knows."""
    return [name for name in containers if _docker("container", "inspect", name) is not None]


def remove(containers: Sequence[str]) -> None:
    """Remove these containers and no other."""
    for name in alive(containers):
        _docker("container", "rm", "--force", "--volumes", name)


def remove_of(image: str) -> None:
    """Remove the containers of a peer's image: those that a driver had no time to name."""
    listed = _docker("container", "ls", "--all", "--quiet", "--filter", f"ancestor={image}") or ""
    remove(listed.split())


def gateway() -> str | None:
    """The host's address on Docker's default bridge."""
    shown = _docker("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}")
    return shown.strip() or None if shown else None


def _docker(*arguments: str) -> str | None:
    try:
        done = subprocess.run(  # noqa: S603
            ["docker", *arguments],  # noqa: S607
            capture_output=True,
            text=True,
            timeout=60,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def processes_in(containers: Sequence[str]) -> set[int]:
    """Process ids, as the host numbers them, of what runs in these containers."""
    found: set[int] = set()
    for name in containers:
        for line in (_docker("container", "top", name, "-eo", "pid") or "").splitlines()[1:]:
            if line.strip().isdigit():
                found.add(int(line))
    return found
