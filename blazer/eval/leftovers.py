"""What a process that ended left on this machine: processes, containers, volumes, cgroups, files.

Covers what descends from a watched process: while a `Watch` is open, this process adopts the orphans
of its descendants (the kernel's child subreaper), so that none can hide by losing its parent or by a
session of its own. Does not cover what somebody else's daemon does on a process's behalf, but for
Docker, where containers are known by their labels.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from blazer.core.records import Record

PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37
CGROUP_ROOT = Path("/sys/fs/cgroup")
POLL_S = 0.05


class Leftovers(Record):
    """What is still there, each in words by which it can be found."""

    processes: tuple[str, ...] = ()
    containers: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    cgroups: tuple[str, ...] = ()
    files: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing is left."""
        return not (self.processes or self.containers or self.volumes or self.cgroups or self.files)


class Cleaned(NamedTuple):
    """What waiting for the last of it came to.

    Attributes:
        left: What did not go in time.
        after_s: How long it took until nothing was left, or until the wait was given up.
    """

    left: Leftovers
    after_s: float


class Watch:
    """Looks at what the watched processes leave; a context.

    Args:
        scratch: Folder for their temporary files (their TMPDIR); what lies in it at a look is left over.
        docker: Whether to look at the Docker daemon's containers and volumes too.
    """

    def __init__(self, scratch: Path, *, docker: bool = False) -> None:
        self._scratch, self._docker = scratch, docker
        self._client: Any = None
        self._watched: set[int] = set()
        self._before: set[tuple[int, str]] = set()
        self._volumes: frozenset[str] = frozenset()
        self._cgroups: frozenset[Path] = frozenset()
        self._was_reaper = False

    def __enter__(self) -> Self:
        """Adopt orphans from now on, and note what is there already.

        Raises:
            SandboxUnavailable: if Docker is to be looked at and does not answer.
        """
        self._was_reaper = _subreaper(None)
        _subreaper(True)
        self._before = set(_descendants(os.getpid()))
        self._cgroups = frozenset(_cgroups())
        if self._docker:
            # Late: the Docker SDK is heavy, and the other tiers do without it.
            from blazer.sandbox.docker_client import connect  # noqa: PLC0415

            self._client = connect()
            self._volumes = frozenset(self._volume_names())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go."""
        _subreaper(self._was_reaper)
        if self._client is not None:
            self._client.close()

    def watch(self, pid: int) -> None:
        """Look at what this process leaves, too."""
        self._watched.add(pid)

    def look(self) -> Leftovers:
        """What is there now; the watched processes themselves have been waited for."""
        return Leftovers(
            processes=tuple(self._processes()),
            containers=tuple(self._containers()),
            volumes=tuple(sorted(set(self._volume_names()) - self._volumes)),
            cgroups=tuple(str(path) for path in sorted(set(_cgroups()) - self._cgroups) if self._ours(path)),
            files=tuple(str(path.relative_to(self._scratch)) for path in sorted(self._scratch.rglob("*"))),
        )

    def wait(self, timeout_s: float) -> Cleaned:
        """Look until nothing is left or `timeout_s` has passed."""
        began = time.monotonic()
        while True:
            left, after_s = self.look(), time.monotonic() - began
            if left.nothing or after_s >= timeout_s:
                return Cleaned(left, after_s)
            time.sleep(POLL_S)

    def _processes(self) -> Iterator[str]:
        for pid, started in _descendants(os.getpid()):
            if (pid, started) in self._before:
                continue
            with contextlib.suppress(ChildProcessError):
                # Adopted and dead: nobody else will ever wait for it.
                if os.waitpid(pid, os.WNOHANG)[0] == pid:
                    continue
            with contextlib.suppress(OSError):
                line = Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ").strip()
                yield f"{pid} {line[:200]}"

    def _containers(self) -> Iterator[str]:
        if self._client is None:
            return
        from blazer.sandbox.docker_client import LABEL, OWNER_LABEL  # noqa: PLC0415  (as in __enter__)

        found = self._client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
        for container in found:
            owner = container.labels.get(OWNER_LABEL, "")
            if self._watched & {int(part) for part in owner.split(":") if part.isdigit()}:
                yield f"{container.short_id} {container.status}"

    def _volume_names(self) -> list[str]:
        return [] if self._client is None else [volume.name for volume in self._client.volumes.list()]

    def _ours(self, path: Path) -> bool:
        """Whether a cgroup names a watched process; a neighbour's may have come meanwhile."""
        digits = "".join(c if c.isdigit() else " " for c in path.name).split()
        return bool(self._watched & {int(part) for part in digits})


def _subreaper(wanted: bool | None) -> bool:
    """Whether orphans come to this process; set first unless None."""
    libc = ctypes.CDLL(None)
    if wanted is not None:
        libc.prctl(PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)
    value = ctypes.c_int()
    libc.prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(value), 0, 0, 0)
    return bool(value.value)


def _descendants(root: int) -> Iterator[tuple[int, str]]:
    """Process ids below `root` with their start times."""
    children: dict[int, list[tuple[int, str]]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        with contextlib.suppress(OSError, IndexError):
            fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            children.setdefault(int(fields[1]), []).append((int(folder.name), fields[19]))
    waiting = children.get(root, [])
    while waiting:
        found = waiting.pop()
        yield found
        waiting += children.get(found[0], [])


def _cgroups() -> Iterator[Path]:
    """Control groups with our name in theirs, in any hierarchy."""
    for folder, names, _ in os.walk(CGROUP_ROOT):
        for name in names:
            if "blazer" in name:
                yield Path(folder) / name
