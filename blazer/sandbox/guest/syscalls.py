"""System call numbers, and the seccomp filter made of them: data and one function.

An allow-list: what is not in `ALLOWED` fails with EPERM, so calls that a newer kernel adds are
refused too. No call here starts a process or a thread, executes a file, opens a socket, sends a
signal to another process or changes a file; `open` and `openat` are there for reading only.
"""

# A page of names reads better without a page of quotes.
# ruff: noqa: SIM905

from __future__ import annotations

import os
import struct

ALLOWED: tuple[str, ...] = tuple(
    (
        "read write readv writev pread64 close fstat newfstatat stat lstat statx lseek access faccessat "
        "faccessat2 openat open readlink readlinkat getcwd getdents64 fcntl dup dup2 dup3 ioctl fadvise64 "
        "mmap munmap mprotect mremap madvise brk rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack "
        "restart_syscall futex set_robust_list rseq sched_yield sched_getaffinity getcpu clock_gettime "
        "clock_getres gettimeofday time nanosleep clock_nanosleep getpid gettid getppid getuid geteuid "
        "getgid getegid getresuid getresgid getgroups getrandom uname sysinfo getrusage times poll ppoll "
        "select pselect6 exit exit_group"
    ).split()
)
"""`prctl`, `prlimit64` and `kill` are absent; `abort()` still ends the process by a trap."""

_O_ASYNC = 0o20000
_F_SETFL = 4
_VALUES: dict[str, tuple[int, ...]] = {
    # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
    "fcntl": (0, 1, 2, 3, 1030),
    # TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX
    "ioctl": (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451),
}
"""Of a call with many meanings, those allowed, by its second argument. The others would let a program
have the kernel send it a signal, so that its end looks like a kill from outside, or lock and resize pipes."""

_NO_FD = -1
FORBIDDEN: dict[str, tuple[str, tuple[int, ...]]] = {
    "socket(vsock)": ("socket", (40, 1, 0)),
    "socket(alg)": ("socket", (38, 5, 0)),
    "socket(netlink)": ("socket", (16, 3, 0)),
    "socket(packet)": ("socket", (17, 3, 0)),
    "socket(raw)": ("socket", (2, 3, 1)),
    "socket(inet)": ("socket", (2, 1, 0)),
    "socket(inet6)": ("socket", (10, 1, 0)),
    "socket(unix)": ("socket", (1, 1, 0)),
    "io_uring_setup": ("io_uring_setup", (1, 0)),
    "memfd_create": ("memfd_create", (0, 0)),
    "memfd_secret": ("memfd_secret", (0xFFFF,)),
    "ptrace": ("ptrace", (0x7777, 0, 0, 0)),
    "process_vm_readv": ("process_vm_readv", (1, 0, 0, 0, 0, 1)),
    "process_vm_writev": ("process_vm_writev", (1, 0, 0, 0, 0, 1)),
    "pidfd_open": ("pidfd_open", (_NO_FD, 0)),
    "pidfd_getfd": ("pidfd_getfd", (_NO_FD, 0, 0)),
    "kcmp": ("kcmp", (1, 1, 9999, 0, 0)),
    "userfaultfd": ("userfaultfd", (0xFFFF,)),
    "bpf": ("bpf", (9999, 0, 0)),
    "perf_event_open": ("perf_event_open", (0, 0, -1, -1, 0)),
    "keyctl": ("keyctl", (9999,)),
    "add_key": ("add_key", (0, 0, 0, 0, 0)),
    "request_key": ("request_key", (0, 0, 0, 0)),
    "unshare": ("unshare", (0,)),
    "setns": ("setns", (_NO_FD, 0)),
    # No kernel grants a new user namespace that shares its file system.
    "clone(new namespace)": ("clone", (0x10000000 | 0x200, 0, 0, 0, 0)),
    "clone3": ("clone3", (0, 0)),
    "mount": ("mount", (0, 0, 0, 0, 0)),
    "open_by_handle_at": ("open_by_handle_at", (_NO_FD, 0, 0)),
    "fcntl(owner)": ("fcntl", (_NO_FD, 8, 0)),
    "fcntl(owner_ex)": ("fcntl", (_NO_FD, 15, 0)),
    "fcntl(signal)": ("fcntl", (_NO_FD, 10, 0)),
    "fcntl(async)": ("fcntl", (_NO_FD, _F_SETFL, _O_ASYNC)),
    "fcntl(lease)": ("fcntl", (_NO_FD, 1024, 0)),
    "fcntl(notify)": ("fcntl", (_NO_FD, 1026, 0)),
    "fcntl(pipe size)": ("fcntl", (_NO_FD, 1031, 0)),
    "fcntl(seals)": ("fcntl", (_NO_FD, 1033, 0)),
    "ioctl(async)": ("ioctl", (_NO_FD, 0x5452, 0)),
    "ioctl(owner)": ("ioctl", (_NO_FD, 0x8901, 0)),
    "ioctl(group)": ("ioctl", (_NO_FD, 0x8902, 0)),
    "ioctl(input)": ("ioctl", (_NO_FD, 0x5412, 0)),
    "timer_create": ("timer_create", (9999, 0, 0)),
    "setitimer": ("setitimer", (9999, 0, 0)),
    "rt_sigqueueinfo": ("rt_sigqueueinfo", (1, 9999, 0)),
    "mq_notify": ("mq_notify", (_NO_FD, 0)),
}
"""What no container of ours lets through, with arguments that do nothing where it is let through."""

FORBIDDEN_AFTER_START: dict[str, tuple[str, tuple[int, ...]]] = {
    "execve": ("execve", (0, 0, 0)),
    "execveat": ("execveat", (_NO_FD, 0, 0, 0, 0)),
    # A thread without its parent's signal handlers is what no kernel makes.
    "clone": ("clone", (0x10000, 0, 0, 0, 0)),
    "kill": ("kill", (1, 9999)),
    "prctl": ("prctl", (9999, 0, 0, 0, 0)),
    "prlimit64": ("prlimit64", (0, 9999, 0, 0)),
    "ftruncate": ("ftruncate", (_NO_FD, 0)),
    "open(write)": ("openat", (_NO_FD, 0, os.O_WRONLY)),
    "open(create)": ("openat", (_NO_FD, 0, os.O_CREAT)),
}
"""What a confined guest cannot do either, though its start needed some of it."""

MAKES_FD = ("socket", "memfd_create", "pidfd_open", "userfaultfd", "io_uring_setup")

_X86_64 = {
    "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8,
    "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
    "rt_sigreturn": 15, "ioctl": 16, "pread64": 17, "readv": 19, "writev": 20, "access": 21, "select": 23,
    "sched_yield": 24, "mremap": 25, "madvise": 28, "dup": 32, "dup2": 33, "nanosleep": 35, "getpid": 39,
    "exit": 60, "uname": 63, "fcntl": 72, "getcwd": 79, "readlink": 89, "gettimeofday": 96, "getrusage": 98,
    "sysinfo": 99, "times": 100, "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108, "getppid": 110,
    "getgroups": 115, "getresuid": 118, "getresgid": 120, "capget": 125, "capset": 126, "sigaltstack": 131,
    "pivot_root": 155, "gettid": 186, "time": 201, "futex": 202, "sched_getaffinity": 204, "getdents64": 217,
    "restart_syscall": 219, "fadvise64": 221, "clock_gettime": 228, "clock_getres": 229,
    "clock_nanosleep": 230, "exit_group": 231, "openat": 257, "newfstatat": 262, "readlinkat": 267,
    "faccessat": 269, "pselect6": 270, "ppoll": 271, "set_robust_list": 273, "dup3": 292, "getcpu": 309,
    "getrandom": 318, "statx": 332, "rseq": 334, "faccessat2": 439,
    "socket": 41, "clone": 56, "execve": 59, "kill": 62, "ftruncate": 77, "ptrace": 101, "prctl": 157,
    "mount": 165, "add_key": 248, "request_key": 249, "keyctl": 250, "unshare": 272, "perf_event_open": 298,
    "prlimit64": 302, "open_by_handle_at": 304, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "kcmp": 312, "memfd_create": 319, "bpf": 321, "execveat": 322,
    "userfaultfd": 323, "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435, "pidfd_getfd": 438,
    "memfd_secret": 447, "setitimer": 38, "rt_sigqueueinfo": 129, "timer_create": 222, "mq_notify": 244,
}  # fmt: skip
_AARCH64 = {
    "getcwd": 17, "dup": 23, "dup3": 24, "fcntl": 25, "ioctl": 29, "pivot_root": 41, "faccessat": 48,
    "openat": 56, "close": 57, "getdents64": 61, "lseek": 62, "read": 63, "write": 64, "readv": 65,
    "writev": 66, "pread64": 67, "pselect6": 72, "ppoll": 73, "readlinkat": 78, "newfstatat": 79, "fstat": 80,
    "capget": 90, "capset": 91, "exit": 93, "exit_group": 94, "futex": 98, "set_robust_list": 99,
    "nanosleep": 101, "clock_gettime": 113, "clock_getres": 114, "clock_nanosleep": 115,
    "sched_getaffinity": 123, "sched_yield": 124, "restart_syscall": 128, "sigaltstack": 132,
    "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "getresuid": 148, "getresgid": 150,
    "times": 153, "getgroups": 158, "uname": 160, "getrusage": 165, "getcpu": 168, "gettimeofday": 169,
    "getpid": 172, "getppid": 173, "getuid": 174, "geteuid": 175, "getgid": 176, "getegid": 177,
    "gettid": 178, "sysinfo": 179, "brk": 214, "munmap": 215, "mremap": 216, "mmap": 222, "fadvise64": 223,
    "mprotect": 226, "madvise": 233, "getrandom": 278, "statx": 291, "rseq": 293, "faccessat2": 439,
    "mount": 40, "ftruncate": 46, "unshare": 97, "ptrace": 117, "kill": 129, "prctl": 167, "socket": 198,
    "add_key": 217, "request_key": 218, "keyctl": 219, "clone": 220, "execve": 221, "perf_event_open": 241,
    "prlimit64": 261, "open_by_handle_at": 265, "setns": 268, "process_vm_readv": 270,
    "process_vm_writev": 271, "kcmp": 272, "memfd_create": 279, "bpf": 280, "execveat": 281,
    "userfaultfd": 282, "io_uring_setup": 425, "pidfd_open": 434, "clone3": 435, "pidfd_getfd": 438,
    "memfd_secret": 447, "setitimer": 103, "timer_create": 107, "rt_sigqueueinfo": 138, "mq_notify": 184,
}  # fmt: skip
_TABLES = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO_EPERM, _KILL = 0x7FFF0000, 0x00050001, 0x80000000
_X32_BIT = 0x40000000
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND | (os.O_TMPFILE & ~os.O_DIRECTORY)
_REFUSED_BITS = {"open": (1, _WRITES), "openat": (2, _WRITES), "exit": (0, 0x80), "exit_group": (0, 0x80)}
"""Which argument may not have which bits: an opening none that write, an exit code none of those by
which a container's daemon tells of a signal; else a program could pass its end off as a kill of ours.
The C library ends a process that may not exit by a trap."""


def number(name: str) -> int:
    """The number of a system call on this machine.

    Raises:
        KeyError: on an architecture without a table, or without this call.
    """
    return _TABLES[os.uname().machine][1][name]


def filter_program() -> bytes:
    """The seccomp filter as an array of `struct sock_filter`; empty on an unknown architecture."""
    if os.uname().machine not in _TABLES:
        return b""
    architecture, table = _TABLES[os.uname().machine]
    allowed = [name for name in ALLOWED if name in table]
    looked_at = {*_REFUSED_BITS, *_VALUES}
    plain = sorted(table[name] for name in allowed if name not in looked_at)
    if len(plain) > 250:
        raise ValueError("the filter's jumps reach 255 instructions; split the list")
    lines = [
        _instruction(_LOAD, 0, 0, 4),
        _instruction(_JUMP_EQUAL, 1, 0, architecture),
        _instruction(_RETURN, 0, 0, _KILL),
        _instruction(_LOAD, 0, 0, 0),
        # On x86-64 the x32 calls have the same architecture and a bit of their own.
        _instruction(_JUMP_GREATER_EQUAL, 0, 1, _X32_BIT),
        _instruction(_RETURN, 0, 0, _KILL),
    ]
    for name in allowed:
        if name in _REFUSED_BITS:
            lines += _if_equal(table[name], _without_bits(*_REFUSED_BITS[name]))
        if name in _VALUES:
            lines += _if_equal(table[name], _with_values(name))
    for position, call in enumerate(plain):
        lines.append(_instruction(_JUMP_EQUAL, len(plain) - position, 0, call))
    lines.append(_instruction(_RETURN, 0, 0, _ERRNO_EPERM))
    lines.append(_instruction(_RETURN, 0, 0, _ALLOW))
    return b"".join(lines)


def _if_equal(value: int, then: list[bytes]) -> list[bytes]:
    return [_instruction(_JUMP_EQUAL, 0, len(then), value), *then]


def _load(argument: int) -> bytes:
    """The lower half of an argument: flags, commands and exit codes are ints."""
    return _instruction(_LOAD, 0, 0, 16 + 8 * argument)


def _without_bits(argument: int, bits: int) -> list[bytes]:
    return [
        _load(argument),
        _instruction(_JUMP_ANY_BIT, 0, 1, bits),
        _instruction(_RETURN, 0, 0, _ERRNO_EPERM),
        _instruction(_RETURN, 0, 0, _ALLOW),
    ]


def _with_values(name: str) -> list[bytes]:
    values = _VALUES[name]
    lines = [_load(1)]
    if name == "fcntl":
        lines += _if_equal(_F_SETFL, _without_bits(2, _O_ASYNC))
    lines += [_instruction(_JUMP_EQUAL, len(values) - i, 0, value) for i, value in enumerate(values)]
    return [*lines, _instruction(_RETURN, 0, 0, _ERRNO_EPERM), _instruction(_RETURN, 0, 0, _ALLOW)]


def _instruction(code: int, true: int, false: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, true, false, value)
