"""Control groups: what limits the kernel names for a process, of either version of the interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

ROOT = Path("/sys/fs/cgroup")


def places(pid: int, root: Path = ROOT, proc: Path = Path("/proc")) -> dict[str, Path]:
    """Where the control groups of a process are, by controller; "" is that of version 2."""
    found = {}
    try:
        lines = (proc / str(pid) / "cgroup").read_text().splitlines()
    except OSError:
        return {}
    for line in lines:
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(","):
            if controller == "":
                # Beside version 1 it is mounted elsewhere.
                where = root if (root / "cgroup.controllers").exists() else root / "unified"
            else:
                where = root / controller
            found[controller] = where / path.lstrip("/")
    return found


def limits_of(pid: int, root: Path = ROOT) -> dict[str, Any]:
    """The limits of a process's control groups, each None where none is set or none can be seen.

    The same names as in `guest.witness`; seen from outside, so also where a container hides them.
    """
    where = places(pid, root)
    second = where.get("", root / "none")
    if "memory" in where:
        memory, both = _number(where["memory"] / "memory.limit_in_bytes"), None
        both = _number(where["memory"] / "memory.memsw.limit_in_bytes")
        swap = None if memory is None or both is None else both - memory
    else:
        memory, swap = _number(second / "memory.max"), _number(second / "memory.swap.max")
    if "cpu" in where:
        quota = _number(where["cpu"] / "cpu.cfs_quota_us")
        period = _number(where["cpu"] / "cpu.cfs_period_us")
    else:
        quota, period = _pair(second / "cpu.max")
    return {
        "memory_mb": None if memory is None else memory // 2**20,
        "swap_mb": None if swap is None else swap // 2**20,
        "pids": _number(where.get("pids", second) / "pids.max"),
        "cpus": None if quota is None or quota <= 0 or not period else quota / period,
    }


def _words(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except OSError:
        return []


def _number(path: Path) -> int | None:
    words = _words(path)
    return int(words[0]) if words and words[0].lstrip("-").isdigit() else None


def _pair(path: Path) -> tuple[int | None, int | None]:
    words = _words(path)
    if len(words) != 2 or not all(word.isdigit() for word in words):
        return None, None
    return int(words[0]), int(words[1])
