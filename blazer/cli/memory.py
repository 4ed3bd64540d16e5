"""How much memory this process's sandbox workers use, as the kernel counts it.

Sees worlds and guests that are children, as in the process tier; containers are the daemon's
children and are not seen.
"""

from __future__ import annotations

import os
from pathlib import Path

_WORLD, _GUEST = "blazer.sandbox.world", "guest/main.py"


def worker_rss_mb() -> float | None:
    """The largest resident memory of a world plus that of a guest now; None if there is no world."""
    worlds, guests = [], [0.0]
    for pid in _descendants(os.getpid()):
        command, size_mb = _command_of(pid), _rss_mb(pid)
        if _WORLD in command:
            worlds.append(size_mb)
        elif _GUEST in command:
            guests.append(size_mb)
    return max(worlds) + max(guests) if worlds else None


def _descendants(pid: int) -> list[int]:
    found: list[int] = []
    waiting = [pid]
    while waiting:
        try:
            tasks = Path(f"/proc/{waiting.pop()}/task")
            children = [int(c) for t in tasks.iterdir() for c in (t / "children").read_text().split()]
        except OSError:
            continue
        found += children
        waiting += children
    return found


def _command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _rss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), 0.0)
