"""Control groups, of either version: what limits the kernel names for a process, and groups for guests.

Covers: memory, number of processes and CPU of a guest in the process tier, where this user may make a
group below, or beside, his own; the kernel's count of kills for memory, which is the evidence for it.
Does not cover: a machine that delegates nothing; the guest's rlimits hold there all the same, and the
promises say what is missing.

A group lies below the host's own wherever that can be, so that a limit on the host stays one on all of
its guests.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from blazer.sandbox.owners import abandoned_name, owner_name

PREFIX = "blazer-"
_COUNTER = itertools.count()
CONTROLLERS = ("memory", "pids", "cpu")
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


def available(root: Path = ROOT) -> tuple[str, ...]:
    """The controllers of which this user may make groups, without making any."""
    where = places(os.getpid(), root)
    if (root / "cgroup.controllers").exists():
        for above in _above(where.get(""), root):
            # To move a process, one has to be allowed to write where its old and its new group meet.
            allowed = os.access(above, os.W_OK) and os.access(above / "cgroup.procs", os.W_OK)
            if allowed and (found := _would_hand_down(above)):
                return found
        return ()
    return tuple(name for name in CONTROLLERS if name in where and os.access(where[name], os.W_OK))


class Group:
    """The control groups of one guest. Make them with `make`; remove them once it is dead.

    Args:
        directories: By controller; one and the same under version 2.
    """

    def __init__(self, directories: dict[str, Path]) -> None:
        self._directories = directories

    @classmethod
    def make(cls, memory_mb: int, pids: int, cpus: float, root: Path = ROOT) -> Group:
        """What this user may have of it, possibly nothing."""
        name = f"{PREFIX}{owner_name()}-{next(_COUNTER)}"
        if (root / "cgroup.controllers").exists():
            made = _make_second(name, places(os.getpid(), root).get(""), root)
        else:
            made = _make_first(name, places(os.getpid(), root))
        group = cls(made)
        with contextlib.suppress(OSError):  # what did not take will not be seen, and not be promised
            group._limit(memory_mb * 2**20, pids, cpus)
        return group

    def _limit(self, memory: int, pids: int, cpus: float) -> None:
        second = {"memory.max": memory, "memory.swap.max": 0, "pids.max": pids}
        second["cpu.max"] = f"{int(cpus * 100_000)} 100000"  # type: ignore[assignment]
        first = {
            "memory.limit_in_bytes": memory,
            "memory.memsw.limit_in_bytes": memory,
            "cpu.cfs_period_us": 100_000,
            "cpu.cfs_quota_us": int(cpus * 100_000),
        }
        for directory in set(self._directories.values()):
            for file, value in {**second, **first}.items():
                if (directory / file).exists():
                    with contextlib.suppress(OSError):
                        (directory / file).write_text(str(value))

    def weigh(self, share: float) -> None:
        """How much of the CPU it gets where others want it too; 1 is what a group has by default."""
        directory = self._directories.get("cpu")
        if directory is None:
            return
        for file, default in (("cpu.shares", 1024), ("cpu.weight", 100)):
            if (directory / file).exists():
                with contextlib.suppress(OSError):
                    (directory / file).write_text(str(max(round(share * default), 2)))

    def add(self, pid: int) -> None:
        """Put a process into the groups; what it starts later is in them too."""
        for controller, directory in list(self._directories.items()):
            try:
                (directory / "cgroup.procs").write_text(str(pid))
            except OSError:
                _remove_directory(directory)
                del self._directories[controller]

    def memory_kills(self) -> int:
        """How many of its processes the kernel has killed for memory: 0 where its own limit was not reached.

        Version 2 tells that apart from a kill because a group above it, or the whole machine, had no
        more; that is no doing of the program.
        """
        directory = self._directories.get("memory")
        if directory is None:
            return 0
        for file in ("memory.events", "memory.oom_control"):
            words = _words(directory / file)
            counts = {name: int(value) for name, value in itertools.pairwise(words) if value.isdigit()}
            if "oom_kill" in counts:
                return counts["oom_kill"] if counts.get("oom", 1) else 0
        return 0

    async def remove(self) -> None:
        """Once its processes are dead; the kernel lets go of the last one a little later."""
        for wait_s in (0.0, 0.005, 0.02, 0.1, 0.5, 1.0):
            await asyncio.sleep(wait_s)
            left = [path for path in set(self._directories.values()) if not _remove_directory(path)]
            if not left:
                return


def sweep(root: Path = ROOT, abandoned: Callable[[str], bool] = abandoned_name) -> int:
    """Kill what is in groups of hosts that are gone, and remove the groups; how many there were."""
    removed = 0
    for directory in _groups(root):
        if not abandoned(directory.name.removeprefix(PREFIX)):
            continue
        inside = _words(directory / "cgroup.procs")
        # So version 2 shows a process of another pid namespace, whose host may live there. For kill it
        # would be this process's own group.
        if "0" in inside:
            continue
        for pid in inside:
            with contextlib.suppress(OSError, ValueError):
                os.kill(int(pid), signal.SIGKILL)
        removed += _remove_emptied(directory) if inside else _remove_directory(directory)
    return removed


def _groups(root: Path) -> Iterator[Path]:
    for place, directories, _ in os.walk(root):
        yield from (Path(place, name) for name in directories if name.startswith(PREFIX))


def _make_first(name: str, where: dict[str, Path]) -> dict[str, Path]:
    made = {}
    for controller in CONTROLLERS:
        if controller in where:
            with contextlib.suppress(OSError):
                (where[controller] / name).mkdir()
                made[controller] = where[controller] / name
    return made


def _make_second(name: str, own: Path | None, root: Path) -> dict[str, Path]:
    """Below the host's group or, as a group with processes may have none below it, beside it."""
    for above in _above(own, root):
        directory = above / name
        handed = _words(above / "cgroup.subtree_control")
        missing = [f"+{name}" for name in _would_hand_down(above) if name not in handed]
        if missing:
            with contextlib.suppress(OSError):
                (above / "cgroup.subtree_control").write_text(" ".join(missing))
        try:
            directory.mkdir()
        except OSError:
            continue
        there = [name for name in CONTROLLERS if (directory / f"{name}.max").exists()]
        if there:
            return dict.fromkeys(there, directory)
        _remove_directory(directory)
    return {}


def _above(own: Path | None, root: Path) -> tuple[Path, ...]:
    return (root,) if own is None or own == root else (own, own.parent)


def _would_hand_down(directory: Path) -> tuple[str, ...]:
    """The controllers that groups below this one have, or have once this user asks for them.

    All are asked for in one write, which fails as a whole: so only for those that are there to be had. A
    group with processes is left as it is: it may not hand down memory, and would hand down the others
    at the price that groups below it hold threads only. The machine's own root, which alone has no
    `cgroup.type`, may do both.
    """
    control = directory / "cgroup.subtree_control"
    found = set(_words(control))
    occupied = (directory / "cgroup.type").exists() and bool(_words(directory / "cgroup.procs"))
    if not occupied and os.access(control, os.W_OK):
        found |= set(_words(directory / "cgroup.controllers"))
    return tuple(name for name in CONTROLLERS if name in found)


def _remove_emptied(directory: Path) -> bool:
    """Once what was killed is gone; the kernel lets go of the last one a little later."""
    for wait_s in (0.0, 0.005, 0.02, 0.1, 0.5):
        time.sleep(wait_s)
        if _remove_directory(directory):
            return True
    return False


def _remove_directory(directory: Path) -> bool:
    try:
        directory.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True
