"""What a guest sees of its confinement: by trying, and by reading what the kernel says.

Covers: what was in force when the guest was started (so the container's own flags, before the guest
gives anything up itself), and what is in force once it has. Does not cover: what only the outside can
see, such as the log driver; the host asks the daemon for that. Everything here is reported and judged
by the host: nothing in this file decides anything.

Nothing tried here does harm where it is not refused: the arguments are such that a kernel that lets the
call through says "invalid", not "done".
"""

# pathlib would cost every guest milliseconds of start-up.
# ruff: noqa: PTH108, PTH110, PTH116, PTH118, PTH120, PTH123, PTH208

from __future__ import annotations

import ctypes
import errno
import os
import resource
import struct
from collections.abc import Collection
from typing import Any

from blazer.sandbox.guest import syscalls

_libc = ctypes.CDLL(None, use_errno=True)

NOBODY = 65534
PR_GET_SECCOMP, PR_CAPBSET_READ, PR_GET_NO_NEW_PRIVS = 21, 23, 39
CGROUPS = "/sys/fs/cgroup"
HOST_FILES = ("/etc/passwd", "/etc/hostname", "/proc/version", "/sys/kernel")
"""Samples of what any process of a machine can read, and no path to an interpreter leads through."""
_MOUNT_FLAGS = {"noexec": os.ST_NOEXEC, "nosuid": os.ST_NOSUID, "nodev": os.ST_NODEV}
_REFUSALS = (errno.EPERM, errno.ENOSYS, errno.EAFNOSUPPORT)


def undenied(calls: dict[str, tuple[str, tuple[int, ...]]]) -> list[str]:
    """Which of the calls the kernel does not refuse.

    A call that this kernel does not have at all counts as refused.
    """
    found = []
    for label, (name, arguments) in calls.items():
        try:
            number = syscalls.number(name)
        except KeyError:
            continue  # no such call on this architecture
        result = _libc.syscall(ctypes.c_long(number), *(ctypes.c_long(value) for value in arguments))
        if result >= 0 or ctypes.get_errno() not in _REFUSALS:
            found.append(label)
            if result >= 0 and name in syscalls.MAKES_FD:
                os.close(result)
    return found


def at_start() -> dict[str, Any]:
    """What was in force before the guest did anything: the flags of its container."""
    status = _status()
    return {
        "environment": _initial_environment(),
        "no_new_privs": _libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
        "seccomp": _libc.prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == 2 or status.get("Seccomp") == "2",
        "calls": undenied(syscalls.FORBIDDEN),
        "tmp": _file_system("/tmp"),  # noqa: S108  (looked at, not written to)
        "shm": _file_system("/dev/shm"),  # noqa: S108
        "cgroup": _cgroup(),
        "memory_mb": _meminfo("MemTotal") // 1024,
        "swap_mb": _meminfo("SwapTotal") // 1024,
        "kernel": f"{os.uname().release} {os.uname().version}",
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
    }


def attest() -> dict[str, Any]:
    """What can be seen of the confinement from inside, without trusting the steps that made it."""
    status = _status()
    return {
        "uid": os.getuid(),
        "gid": os.getgid(),
        "groups": len([g for g in os.getgroups() if g != NOBODY]),
        "capabilities": _capabilities(status),
        "no_new_privs": _libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1,
        "interfaces": _interfaces(),
        "root_writable": _writable("/"),
        "root_read_only": _read_only("/"),
        "pid": os.getpid(),
        "processes": _processes(),
        "environment": sorted(os.environ),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1],
        "address_space_mb": resource.getrlimit(resource.RLIMIT_AS)[1] // 2**20,
    }


def sealed() -> dict[str, Any]:
    """What the last step left possible: calls that are to be refused, and opening files to write."""
    calls = undenied({**syscalls.FORBIDDEN, **syscalls.FORBIDDEN_AFTER_START})
    return {
        "seccomp": calls == [],
        "calls": calls,
        "can_write": _writable("/dev") or _writable("/tmp"),  # noqa: S108
        "reads": [path for path in HOST_FILES if _readable(path)],
    }


def _status() -> dict[str, str]:
    try:
        with open("/proc/self/status") as file:
            return {key: value.strip() for key, _, value in (line.partition(":") for line in file)}
    except OSError:
        return {}


def _capabilities(status: dict[str, str]) -> bool:
    """Whether any capability is left, in any set."""
    if status:
        return any(int(status[key], 16) for key in ("CapPrm", "CapEff", "CapBnd", "CapAmb") if key in status)
    header, data = struct.pack("=II", 0x20080522, 0), ctypes.create_string_buffer(24)
    if _libc.syscall(syscalls.number("capget"), header, data) != 0:
        return True
    bounding = any(_libc.prctl(PR_CAPBSET_READ, number, 0, 0, 0) == 1 for number in range(64))
    return bounding or any(data.raw)


class _Interface(ctypes.Structure):
    _fields_ = [("index", ctypes.c_uint), ("name", ctypes.c_char_p)]


def _interfaces() -> list[str]:
    """Names of the network's interfaces; "?" where they cannot be seen."""
    try:
        with open("/proc/net/dev") as file:
            return sorted(line.split(":")[0].strip() for line in file.readlines()[2:])
    except OSError:
        pass
    _libc.if_nameindex.restype = ctypes.POINTER(_Interface)
    found = _libc.if_nameindex()
    if not found:
        return ["?"]
    names: list[str] = []
    while found[len(names)].index:
        names.append(found[len(names)].name.decode())
    return sorted(names)


def _read_only(path: str) -> bool:
    """Whether what is mounted there is read-only, whoever tries to write."""
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY) or "ro" in _mount_options(path, {"ro"})
    except OSError:
        return False


def _writable(directory: str) -> bool:
    probe = os.path.join(directory, ".probe")
    try:
        fd = os.open(probe, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600)
    except OSError:
        return False
    os.close(fd)
    os.unlink(probe)
    return True


def _readable(path: str) -> bool:
    try:
        os.close(os.open(path, os.O_RDONLY))
    except OSError:
        return False
    return True


def _processes() -> int:
    """How many processes can be seen; 0 without a /proc."""
    try:
        return sum(1 for name in os.listdir("/proc") if name.isdigit())
    except OSError:
        return 0


def _initial_environment() -> list[str]:
    """Names in the environment that the process was started with; it stays in its memory."""
    try:
        with open("/proc/self/environ", "rb") as file:
            text = file.read().decode("utf-8", "backslashreplace")
        names = [item.partition("=")[0] for item in text.split("\0") if item]
    except OSError:
        names = list(os.environ)
    return sorted(name[:60] for name in names)[:40]


def _file_system(path: str) -> dict[str, Any] | None:
    """Size, files and flags of what is mounted there; None where there is no such directory."""
    try:
        found = os.statvfs(path)
        here, above = os.stat(path), os.stat(os.path.dirname(path))
    except OSError:
        return None
    return {
        "mounted": here.st_dev != above.st_dev,
        "size_kb": found.f_blocks * found.f_frsize // 1024,
        "inodes": found.f_files,
        "flags": sorted(
            {name for name, flag in _MOUNT_FLAGS.items() if found.f_flag & flag}
            | _mount_options(path, _MOUNT_FLAGS)
        ),
    }


def _mount_options(path: str, wanted: Collection[str]) -> set[str]:
    """As /proc tells them; not every kernel tells them by statvfs."""
    options: set[str] = set()
    try:
        with open("/proc/self/mountinfo") as file:
            for line in file:
                fields = line.split()
                if fields[4] == path:
                    options = {option for option in fields[5].split(",") if option in wanted}
    except (OSError, IndexError):
        pass
    return options


def _cgroup() -> dict[str, Any]:
    """The limits that the kernel names for this container; None where it names none here."""
    first, second = "memory/memory.limit_in_bytes", "memory.max"
    memory = _number(first) if os.path.exists(f"{CGROUPS}/{first}") else _number(second)
    swap = _number("memory.swap.max")
    both = _number("memory/memory.memsw.limit_in_bytes")
    if both is not None and memory is not None:
        swap = both - memory
    pids = _number("pids/pids.max")
    quota, period = _number("cpu/cpu.cfs_quota_us"), _number("cpu/cpu.cfs_period_us")
    if quota is None:
        quota, period = _pair("cpu.max")
    return {
        "memory_mb": None if memory is None else memory // 2**20,
        "swap_mb": None if swap is None else swap // 2**20,
        "pids": pids if pids is not None else _number("pids.max"),
        "cpus": None if quota is None or quota < 0 or not period else quota / period,
    }


def _number(name: str) -> int | None:
    words = _words(name)
    return int(words[0]) if words and words[0].lstrip("-").isdigit() else None


def _pair(name: str) -> tuple[int | None, int | None]:
    words = _words(name)
    if len(words) != 2 or not all(word.isdigit() for word in words):
        return None, None
    return int(words[0]), int(words[1])


def _words(name: str) -> list[str]:
    try:
        with open(f"{CGROUPS}/{name}") as file:
            return file.read().split()
    except OSError:
        return []


def _meminfo(name: str) -> int:
    """In kB; 0 where it is not told."""
    try:
        with open("/proc/meminfo") as file:
            for line in file:
                if line.startswith(f"{name}:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0
