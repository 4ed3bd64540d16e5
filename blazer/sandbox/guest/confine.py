"""How a process gives up its rights, step by step, and tells which steps took.

Covers: namespaces, a private root with little in it, uid, capabilities, limits, no-new-privileges,
Landlock, seccomp. Does not cover: a kernel that lacks them; each step says whether it took, and
the host decides whether that is enough. Runs before any byte of the program is read.

System calls go through ctypes because Python 3.11 has no `unshare`, `mount` or `prctl` of its own.
"""

# pathlib would cost every guest milliseconds of start-up.
# ruff: noqa: PTH102, PTH103, PTH106, PTH110, PTH112, PTH120, PTH123

from __future__ import annotations

import ctypes
import errno
import os
import resource
import signal
import struct
from collections.abc import Sequence

from blazer.sandbox.guest import syscalls

_libc = ctypes.CDLL(None, use_errno=True)

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x00020000, 0x04000000, 0x08000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 1, 2, 4, 8, 32
MS_BIND, MS_REC, MS_PRIVATE = 4096, 16384, 1 << 18
MNT_DETACH = 2
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 1, 4, 24, 38
NOBODY = 65534
LAST_CAPABILITY = 63


class StepFailed(OSError):
    """A step of the confinement could not be taken."""


def _call(what: str, result: int) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise StepFailed(code, f"{what}: {os.strerror(code)}")


def die_with_parent() -> None:
    """Ask the kernel to kill this process when its parent dies. Lost by a change of uid."""
    _call("prctl", _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def unshare_all() -> str:
    """New user (unless root), mount, pid, net, ipc and uts namespaces.

    Returns:
        "root" or "user": how it was done.

    Raises:
        StepFailed: if the kernel or a policy does not allow it.
    """
    kinds = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS
    if os.geteuid() == 0 and _libc.unshare(kinds) == 0:
        return "root"
    uid, gid = os.geteuid(), os.getegid()
    _call("unshare", _libc.unshare(kinds | CLONE_NEWUSER))
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{NOBODY} {uid} 1")
    _write("/proc/self/gid_map", f"{NOBODY} {gid} 1")
    return "user"


def _write(path: str, text: str) -> None:
    fd = os.open(path, os.O_WRONLY)
    try:
        os.write(fd, text.encode())
    finally:
        os.close(fd)


def _mount(source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    result = _libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        data.encode(),
    )
    _call(f"mount {target}", result)


def private_root(paths: Sequence[str], hidden: Sequence[str] = ()) -> None:
    """Replace the file system by a read-only one that holds only `paths` (read-only).

    Directories above them are made anew and readable, so that another uid can get to a path below
    a home directory, and to nothing beside it. There is no /proc, no /sys, no /dev.

    Args:
        paths: Files and directories.
        hidden: Directories below them that are to be empty, but for those of `paths` below these.

    Raises:
        StepFailed: if mounting is not allowed.
    """
    _mount("none", "/", None, MS_REC | MS_PRIVATE)
    # Opened before anything is mounted: one of them may lie below the place that is mounted on.
    sources = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in paths if os.path.exists(path)}
    covers = [path for path in hidden if os.path.isdir(path)]
    base = "/tmp"  # noqa: S108  (only a place to mount on, inside this mount namespace)
    _mount("guest", base, "tmpfs", MS_NOSUID | MS_NODEV, "size=1m,mode=0755")
    inside = [path for path in sources if _below(path, covers)]
    for path in sources:
        if path not in inside:
            _show(sources[path], base + path)
    for path in covers:
        _mount("guest", base + path, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0755")
    for path in inside:
        _show(sources[path], base + path)
    for path in covers:
        _mount("none", base + path, None, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)
    old = base + "/.old"
    os.mkdir(old, 0o700)
    _call("pivot_root", _libc.syscall(syscalls.number("pivot_root"), base.encode(), old.encode()))
    os.chdir("/")
    _call("umount", _libc.umount2(b"/.old", MNT_DETACH))
    os.rmdir("/.old")
    _mount("guest", "/", None, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_BIND)


def _below(path: str, directories: Sequence[str]) -> bool:
    return any(path.startswith(f"{directory}/") for directory in directories)


def _show(fd: int, target: str) -> None:
    """Mount what is open there read-only, and let go of it."""
    if os.path.isdir(f"/proc/self/fd/{fd}"):
        os.makedirs(target, 0o755, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), 0o755, exist_ok=True)
        with open(target, "w"):
            pass
    _mount(f"/proc/self/fd/{fd}", target, None, MS_BIND | MS_REC)
    _mount("none", target, None, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV)
    os.close(fd)


def drop_to_nobody() -> None:
    """Become uid and gid 65534 with no groups. For root only.

    Raises:
        StepFailed: if this is not allowed.
    """
    try:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
    except OSError as error:
        raise StepFailed(error.errno, f"setuid: {error.strerror}") from None


def drop_bounding_set() -> None:
    """Let no later process of ours gain a capability; to be done while still privileged."""
    for capability in range(LAST_CAPABILITY + 1):
        # Refused beyond the kernel's last one, and to those who may not; what is left will be seen.
        _libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)


def drop_capabilities() -> None:
    """Empty every capability set of this process.

    Raises:
        StepFailed: if the kernel refuses.
    """
    drop_bounding_set()
    header = struct.pack("=II", 0x20080522, 0)
    _call("capset", _libc.syscall(syscalls.number("capset"), header, bytes(24)))


def set_limits(memory_mb: int, files: int, cpu_s: int) -> None:
    """Limits of this process: address space, files, CPU time, no core, no file growth.

    The one on CPU time is the lease: it ends a busy program whose host is gone.

    Raises:
        StepFailed: if one could not be set; the others are.
    """
    memory = memory_mb * 2**20
    failed = []
    for name, value in (
        ("AS", memory),
        ("NOFILE", files),
        ("CPU", cpu_s),
        ("CORE", 0),
        ("FSIZE", 0),
        ("MEMLOCK", 0),
        ("MSGQUEUE", 0),
    ):
        try:
            resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
        except (OSError, ValueError, AttributeError) as error:
            failed.append(f"{name}: {error}")  # gVisor has no limit on message queues, nor the queues
    if failed:
        raise StepFailed(errno.EPERM, "; ".join(failed))


def one_thread() -> None:
    """Tell numerical libraries, which end a process that may not have the threads they want.

    Told to C alone: a program finds its environment empty.
    """
    for name in (b"OPENBLAS_NUM_THREADS", b"OMP_NUM_THREADS", b"MKL_NUM_THREADS"):
        _libc.setenv(name, b"1", 1)


def no_new_privileges() -> None:
    """Make set-id bits inert for this process and its children.

    Raises:
        StepFailed: on very old kernels.
    """
    _call("no_new_privs", _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


def landlock(readable: Sequence[str], listable: Sequence[str], hidden: Sequence[str] = ()) -> int:
    """Allow reading below `readable`, and nothing else of the file system; no TCP either.

    Args:
        readable: Files and directories.
        listable: Directories whose names may be seen, which is how Python finds a module.
        hidden: Directories below the readable ones that are not, but for what `readable` has in them.

    Returns:
        The kernel's Landlock version.

    Raises:
        StepFailed: if the kernel has no Landlock.
    """
    create, add_rule, restrict = 444, 445, 446
    version = int(_libc.syscall(create, None, ctypes.c_size_t(0), 1))
    if version < 1:
        raise StepFailed(ctypes.get_errno() or 38, "landlock is not available")
    file_rights = (1 << {1: 13, 2: 14}.get(version, 15)) - 1
    if version >= 5:
        file_rights |= 1 << 15
    net_rights = 0b11 if version >= 4 else 0
    scopes = 0b11 if version >= 6 else 0
    packed = struct.pack("=QQQ", file_rights, net_rights, scopes)
    packed = packed[: 24 if version >= 6 else 16 if version >= 4 else 8]
    rules_fd = int(_libc.syscall(create, packed, ctypes.c_size_t(len(packed)), 0))
    if rules_fd < 0:
        raise StepFailed(ctypes.get_errno(), "landlock_create_ruleset")
    read_file, read_dir = 1 << 2, 1 << 3
    wanted = [(path, read_file | read_dir) for path in _without(readable, hidden)]
    wanted += [(path, read_dir) for path in listable]
    for path, rights in wanted:
        if not os.path.exists(path):
            continue
        path_fd = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rights = rights if os.path.isdir(path) else read_file
        rule = struct.pack("=Qi", rights, path_fd)
        result = _libc.syscall(add_rule, rules_fd, 1, rule, 0)
        os.close(path_fd)
        _call(f"landlock rule {path}", result)
    _call("landlock_restrict_self", _libc.syscall(restrict, rules_fd, 0))
    os.close(rules_fd)
    return version


def _without(readable: Sequence[str], hidden: Sequence[str]) -> list[str]:
    """The readable paths; of one with something hidden below it what else it holds.

    Landlock can only allow. Links are left out: what they lead to is readable by itself, or is not.
    """
    left = sorted({os.path.realpath(path) for path in readable if os.path.exists(path)})
    covers = [os.path.realpath(path) for path in hidden]
    found = []
    while left:
        path = left.pop()
        if not any(_below(cover, [path]) for cover in covers):
            found.append(path)
            continue
        with os.scandir(path) as entries:
            left += [entry.path for entry in entries if not entry.is_symlink() and entry.path not in covers]
    return found


def seccomp() -> None:
    """Allow only the system calls that a running interpreter needs; others fail with EPERM.

    Raises:
        StepFailed: if the kernel has no seccomp filters, or the architecture is unknown.
    """
    program = syscalls.filter_program()
    if not program:
        raise StepFailed(38, f"no seccomp filter for the architecture {os.uname().machine}")
    buffer = ctypes.create_string_buffer(program, len(program))

    class Filter(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]

    prog = Filter(len(program) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    _call("seccomp", _libc.prctl(22, 2, ctypes.byref(prog), 0, 0))
