"""Guests as child processes that confine themselves before they see a program.

Covers: other processes, files, network, privileges, memory, new processes: by namespaces, a private
read-only root, another uid, Landlock, seccomp and rlimits, each where this kernel and this user
may have it; what was had is in `IsolationLevel.promises`. Does not cover: bugs of the kernel, CPU
and cache side channels, and machines that allow none of these (it then refuses to start). It is
the tier for machines without Docker, not the strongest one.

What it insists on is seccomp, no-new-privileges, and that this machine's files cannot be read, be it by
a private root or by Landlock: without them nothing would stand between a program and this machine.
"""

from __future__ import annotations

import asyncio
import compileall
import importlib.util
import os
import sys
import sysconfig
from pathlib import Path
from typing import Any

from blazer.core.records import IsolationLevel
from blazer.sandbox import cgroups
from blazer.sandbox import guest as guest_package
from blazer.sandbox.attestation import group_promises
from blazer.sandbox.cgroups import Group
from blazer.sandbox.errors import GuestLost, SandboxUnavailable, WorldCrashed
from blazer.sandbox.handshake import await_ready, check_memory, init_message, proved
from blazer.sandbox.limits import Limits
from blazer.sandbox.lines import EndOfLines
from blazer.sandbox.processes import Guest, LineProcess

REQUIRED = ("seccomp", "no_new_privileges", "empty_environment", "host_files_hidden")
OVERHEAD_MB = 64
"""Beside the program's memory, which its limit on address space holds: page tables, files read."""
BACKGROUND_SHARE = 0.2
"""Of the CPU, for a guest that nobody waits for yet: programs that run come first."""
GUEST_DIRECTORY = Path(guest_package.__file__).parent
WORLD_LINE_BYTES = 64 * 2**20
"""A long episode's trajectory is a line of a few megabytes."""


class ProcessGuest:
    """See `processes.Guest`."""

    def __init__(self, lines: LineProcess, isolation: IsolationLevel, group: Group | None = None) -> None:
        self.lines, self.isolation = lines, isolation
        self._group, self._memory_kills = group, 0

    async def kill(self) -> None:
        """See `processes.Guest`. Process 1 of the guest's pid namespace takes all others along."""
        try:
            await self.lines.kill()
        finally:
            if self._group is not None:
                group, self._group = self._group, None
                self._memory_kills = group.memory_kills()
                await group.remove()

    async def out_of_memory(self) -> bool:
        """See `processes.Guest`. A limit on address space kills nobody: it raises MemoryError."""
        return self._memory_kills > 0


class ProcessTier:
    """See `processes.Tier`.

    Args:
        limits: For the guests' rlimits.
        confined: False for the tests' own "none" tier, which promises nothing.
        skills: Whether its guests have the skills declared.
    """

    def __init__(self, limits: Limits, *, confined: bool = True, skills: bool = True) -> None:
        self._skills = skills
        self.name = "process" if confined else "none"
        self._limits = limits
        self._confined = confined
        self._readable = readable_paths()
        self._hidden = hidden_paths(self._readable)
        self._import_paths: list[str] = []
        self._names = names_in_records()
        self._background: set[Group] = set()
        """Of guests that are being started and that nobody waits for yet."""

    async def open(self) -> None:
        """See `processes.Tier`."""
        if not sys.platform.startswith("linux"):
            raise SandboxUnavailable("the process tier needs Linux; use the docker tier")
        check_memory(self._limits, machine_memory_mb(), "this machine")
        # Guests do not write byte code, so it has to be there for them to start quickly.
        compileall.compile_dir(str(GUEST_DIRECTORY), quiet=2)
        self._import_paths = [str(path) for path in package_parents()]
        cgroups.sweep()

    async def start_guest(self, *, awaited: bool = True) -> Guest:
        """See `processes.Tier`."""
        command = [sys.executable, "-s", "-P", "-S", "-B", "-X", "utf8"]
        script = [str(GUEST_DIRECTORY / "main.py"), str(os.getpid()), *self._import_paths]
        # The one variable fixes the order of sets; the guest removes it before a program runs.
        try:
            lines = await LineProcess.start([*command, *script], env={"PYTHONHASHSEED": "0"})
        except OSError as error:
            raise GuestLost(f"a guest could not be started: {error.strerror or error}") from error
        lines.stderr.call(self._names)
        init = init_message(
            self._limits,
            readable=self._readable,
            hidden=self._hidden,
            namespaces=True,
            skills=self._skills,
        )
        init["confine"]["enabled"] = self._confined
        if not self._confined:
            return await self._greet(lines, init, None)
        group = Group.make(self._group_mb(), self._limits.pids, 1.0)
        if not awaited:
            group.weigh(BACKGROUND_SHARE)
            self._background.add(group)
        group.add(lines.pid)  # before it starts anything, as it does only when told to
        try:
            made = await self._greet(lines, init, group)
        finally:
            self._background.discard(group)
        group.weigh(1.0)
        return made

    def hurry(self) -> None:
        """See `processes.Tier`."""
        while self._background:
            self._background.pop().weigh(1.0)

    def _group_mb(self) -> int:
        return self._limits.memory_mb + OVERHEAD_MB

    async def _greet(self, lines: LineProcess, init: dict[str, Any], group: Group | None) -> Guest:
        try:
            ready = await await_ready(lines, init, self._limits.guest_start_s)
            if group is None:
                return ProcessGuest(lines, IsolationLevel(tier="none"))
            found = cgroups.limits_of(lines.inner_pid)
            further = group_promises(found, self._group_mb(), self._limits.pids, 1.0)
            return ProcessGuest(lines, proved("process", ready, REQUIRED, further), group)
        except BaseException:
            await asyncio.shield(ProcessGuest(lines, IsolationLevel(tier="none"), group).kill())
            raise

    async def start_world(self, arena: str) -> LineProcess:
        """See `processes.Tier`."""
        return await start_world_process(arena, self._limits)

    async def close(self) -> None:
        """See `processes.Tier`. Guests and worlds are their owners' to kill."""


async def start_world_process(arena: str, limits: Limits) -> LineProcess:
    """A world as a child of this process.

    Raises:
        WorldCrashed: if it does not come up; with what it wrote.
    """
    # -P: what judges programs does not import what lies beside them, in whatever directory this is called.
    command = [sys.executable, "-P", "-m", "blazer.sandbox.world"]
    command += ["--arena", arena, "--parent", str(os.getpid())]
    # One thread each: two workers on two cores are quicker than one with two threads.
    env = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    try:
        lines = await LineProcess.start(command, env=env, max_line_bytes=WORLD_LINE_BYTES)
    except OSError as error:
        raise WorldCrashed(f"the world process could not be started: {error.strerror or error}") from error
    try:
        await lines.read_line(limits.world_start_s)
    except asyncio.CancelledError:
        await asyncio.shield(lines.kill())
        raise
    except (TimeoutError, EndOfLines):
        await lines.kill()
        said = lines.stderr.captured().text[-2000:]
        raise WorldCrashed(f"the world process did not start; it wrote: {said or 'nothing'}") from None
    return lines


def machine_memory_mb() -> int:
    """All of this machine's memory."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**20


def package_parents() -> list[Path]:
    """Where the guest's imports are found: RestrictedPython, and numpy if a program wants it."""
    parents = []
    for package in ("RestrictedPython", "numpy"):
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            raise SandboxUnavailable(f"the package {package} is not installed; install blazer again")
        parents.append(Path(spec.origin).parent.parent)
    return list(dict.fromkeys(parents))


def names_in_records() -> dict[str, str]:
    """What a record shows instead of this machine's paths, which a crash's own words have in them."""
    names = {str(parent): "packages" for parent in package_parents()}
    names[sysconfig.get_path("stdlib")] = "python"
    names[str(GUEST_DIRECTORY)] = "guest"
    return names


def readable_paths() -> list[str]:
    """All that a guest may read: the interpreter, system libraries, its own files and packages."""
    base = Path(sysconfig.get_path("stdlib"))
    paths = [base, GUEST_DIRECTORY]
    for parent in package_parents():
        paths += [parent / name for name in ("RestrictedPython", "numpy", "numpy.libs")]
    paths += [
        Path(p) for p in ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
    ]
    libpython = sysconfig.get_config_var("LIBDIR")
    if libpython:
        paths += sorted(Path(libpython).glob("libpython3*.so*"))
    existing = [path for path in paths if path.exists()]
    hidden = hidden_paths([str(path) for path in existing])
    # A path inside another one of the list is there already, unless it is hidden there.
    outer = [
        p
        for p in existing
        if any(p.is_relative_to(h) for h in hidden)
        or not any(p != q and p.is_relative_to(q) for q in existing)
    ]
    return [str(path) for path in dict.fromkeys(outer)]


def hidden_paths(readable: list[str]) -> list[str]:
    """Where packages are installed below readable paths: an interpreter's own, and a distribution's.

    A program may read those it can import; the others are not for it, and Blazer may be among them.
    """
    places = [
        found
        for path in readable
        for pattern in ("", "python3*/")
        for kind in ("site", "dist")
        for found in Path(path).glob(f"{pattern}{kind}-packages")
        if found.is_dir()
    ]
    return sorted({str(place) for place in places})
