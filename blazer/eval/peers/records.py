"""What the comparison comes to: one row for each sandbox."""

from __future__ import annotations

from blazer.core.records import Record


class Promise(Record):
    """One promise, tried inside the sandbox."""

    name: str
    kept: bool | None
    """None where it could not be tried; `seen` says why."""
    seen: str
    """What was seen, in few words."""


class PeerRow(Record):
    """One sandbox with its own defaults; times in milliseconds as the caller of its API sees them."""

    name: str
    version: str = ""
    measured: bool
    reason: str = ""
    """Why it was not measured."""
    cold_ms_p50: float | None = None
    """From nothing to the first program's result, without importing the package."""
    cold_ms_p95: float | None = None
    cold_n: int = 0
    warm_ms_p50: float | None = None
    """A further program in an open sandbox, from the call to its result."""
    warm_ms_p95: float | None = None
    warm_n: int = 0
    reuses: bool | None = None
    """Whether further programs run where earlier ones did."""
    programs_per_s: float | None = None
    """Each in a fresh sandbox, two at a time, starting and ending included."""
    teardown_ms_p50: float | None = None
    promises: tuple[Promise, ...] = ()
    faults: tuple[str, ...] = ()
    """Steps that came to nothing, and why."""
    deviations: tuple[str, ...] = ()
    """Where this is not the sandbox as it comes."""
    remarks: tuple[str, ...] = ()
    """Settings that would make it quicker or safer, and what else is worth knowing."""


PROMISES: dict[str, str] = {
    "not_root": "programs do not run as root",
    "no_network": "no way to the host's bridge address or loopback",
    "no_capabilities": "no effective capabilities",
    "no_new_privileges": "no new privileges",
    "seccomp": "a system call filter is on",
    "closed_syscalls": "AF_VSOCK, io_uring, memfd_secret, ptrace, new user namespaces are shut",
    "read_only_root": "/, /usr and /etc cannot be written",
    "memory_limit": "2 GiB cannot be taken by default",
    "process_limit": "512 threads cannot be started",
    "time_limit": "an endless loop is ended by default within 40 s",
    "loop_ended": "an endless loop is reported within 2 s of a limit of 5 s",
    "loop_dead": "5 s after that report it burns no CPU any more",
    "flood_survived": "200 MB of output are survived, and the next program runs",
    "bytes_survived": "output that is no UTF-8 is survived, and the rest of it kept",
    "no_leak": "a program leaves nothing to the next one",
    "no_leftovers": "60 s after kill -9 of the host nothing is left",
    "memory_told": "running out of memory is told apart from a time-out and from success",
    "exit_told": "os._exit(0) half-way is told apart from success",
}
"""What is tried, in the order of the table."""
