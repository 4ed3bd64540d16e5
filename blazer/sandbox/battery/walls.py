"""Programs that reach for this machine, without the language policy: nothing may be there to reach.

Each tries everything on its list, prints ESCAPED for what worked, and "held" at its end.
"""

from __future__ import annotations

from blazer.core.outcomes import Ending
from blazer.sandbox.battery.frame import Check, ends, held, program
from blazer.sandbox.limits import Limits

_SOCKETS = """
import socket
for family, address in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"),
                        (socket.AF_INET, "127.0.0.1")):
    try:
        s = socket.socket(family, socket.SOCK_STREAM)
        s.settimeout(1)
        s.connect((address, 80))
        print("ESCAPED", address)
    except OSError as error:
        print("refused", error)
try:
    print("ESCAPED", socket.getaddrinfo("example.org", 80))
except OSError as error:
    print("refused", error)
print("held")
"""
_FAMILIES = """
import socket
names = {1: "unix", 16: "netlink", 17: "packet", 31: "bluetooth", 38: "alg", 40: "vsock", 44: "xdp"}
for family, name in names.items():
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind)
            print("ESCAPED", name, kind)
        except OSError:
            pass
try:
    socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)
    print("ESCAPED raw")
except OSError:
    pass
print("held")
"""
_WRITE = """
import os
for path in ("/probe", "/etc/probe", "/usr/lib/probe", "/opt/probe", "/root/probe", "/home/probe"):
    for flags in (os.O_CREAT | os.O_WRONLY, os.O_CREAT | os.O_RDWR | os.O_TRUNC):
        try:
            os.write(os.open(path, flags), b"x")
            print("ESCAPED", path)
        except OSError as error:
            pass
for path in (os.__file__, "/usr/bin/env", "/etc/passwd", "/etc/hosts"):
    try:
        os.open(path, os.O_WRONLY)
        print("ESCAPED", path)
    except OSError:
        pass
for call in (lambda: os.mkdir("/probe"), lambda: os.symlink("/", "/probe"), lambda: os.unlink(os.__file__),
             lambda: os.chmod(os.__file__, 0o777), lambda: os.rename("/lib", "/lib2")):
    try:
        call()
        print("ESCAPED")
    except OSError:
        pass
print("held")
"""
_FILL = """
import os
total = files = 0
for folder in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue"):
    try:
        for number in range(5000):
            fd = os.open(f"{folder}/probe{number}", os.O_CREAT | os.O_WRONLY)
            files += 1
            while total < 200 * 2**20:
                total += os.write(fd, b"x" * 65536)
            os.close(fd)
    except OSError as error:
        print("refused", folder, error)
if total > 100 * 2**20 or files > 2000:
    print("ESCAPED", total, files)
print("held")
"""
_SECRETS = """
import os
for path in ("/etc/shadow", "/root", "/home", "/var/run/docker.sock", "/run/docker.sock", "/proc/1/mem",
             "/proc/kcore", "/dev/mem", "/dev/kmsg", "/dev/sda", "/sys/kernel",
             "/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/sys/fs/cgroup/release_agent"):
    try:
        if os.path.isdir(path):
            found = os.listdir(path)
            if found:
                print("ESCAPED", path, found[:3])
        else:
            fd = os.open(path, os.O_RDWR)
            print("ESCAPED", path)
    except OSError:
        pass
print("held")
"""
_PROCESSES = """
import os
found = []
try:
    found = [name for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]
except OSError as error:
    print("refused", error)
if found:
    print("ESCAPED", found)
print("held")
"""
_OTHERS = """
import os
for pid in [*range(1, 400), os.getppid()]:
    if pid in (0, os.getpid()):
        continue
    for name in ("environ", "mem", "maps", "cmdline", "root", "cwd"):
        try:
            fd = os.open(f"/proc/{pid}/{name}", os.O_RDONLY)
            if os.read(fd, 10):
                print("ESCAPED", pid, name)
        except OSError:
            pass
    try:
        os.kill(pid, 0)
        print("ESCAPED", pid)
    except OSError:
        pass
print("held")
"""
_FORK = """
import os
born = 0
try:
    while born < 500:
        if os.fork() == 0:
            while True:
                pass
        born += 1
except OSError as error:
    print("refused", error)
if born > 100:
    print("ESCAPED", born)
print("held")
"""
_STARTS = """
import os, subprocess, _thread
for path in ("/bin/sh", "/usr/bin/env", "/usr/bin/python3", "/usr/local/bin/python3"):
    for start in (lambda: os.execv(path, [path]), lambda: os.posix_spawn(path, [path], {}),
                  lambda: subprocess.run([path, "-c", "0"])):
        try:
            start()
            print("ESCAPED", path)
        except (OSError, ValueError):
            pass
started = 0
try:
    while started < 500:
        _thread.start_new_thread(lambda: [0 for _ in iter(int, 1)], ())
        started += 1
except (RuntimeError, MemoryError, OSError) as error:
    print("refused", error)
if started > 64:
    print("ESCAPED", started)
print("held")
"""
_CALLS = """
import ctypes, os, struct
libc = ctypes.CDLL(None, use_errno=True)
machine = os.uname().machine
numbers = {
    "x86_64": dict(
        ptrace=101, process_vm_readv=310, process_vm_writev=311, kcmp=312, pidfd_getfd=438, bpf=321,
        userfaultfd=323, io_uring_setup=425, memfd_create=319, memfd_secret=447, keyctl=250, add_key=248,
        unshare=272, setns=308, mount=165, pivot_root=155, chroot=161, init_module=175, kexec_load=246,
        perf_event_open=298, personality=135, open_by_handle_at=304, swapon=167, reboot=169,
        settimeofday=164, quotactl=179, iopl=172, syslog=103, finit_module=313),
    "aarch64": dict(
        ptrace=117, process_vm_readv=270, process_vm_writev=271, kcmp=272, pidfd_getfd=438, bpf=280,
        userfaultfd=282, io_uring_setup=425, memfd_create=279, memfd_secret=447, keyctl=219, add_key=217,
        unshare=97, setns=268, mount=40, pivot_root=41, chroot=51, init_module=105, kexec_load=104,
        perf_event_open=241, personality=92, open_by_handle_at=265, swapon=224, reboot=142,
        settimeofday=170, quotactl=60, syslog=116, finit_module=273),
}.get(machine, {})
PTRACE_ATTACH, CLONE_NEWUSER = 16, 0x10000000
# Arguments with which the call would do something: with others it would fail everywhere.
here, path = ctypes.create_string_buffer(4096), b"/"
arguments = {
    "ptrace": (0, 0, 0, 0), "unshare": (CLONE_NEWUSER,), "memfd_create": (b"x", 0), "memfd_secret": (0,),
    "io_uring_setup": (4, here), "userfaultfd": (1,), "bpf": (0, here, 72), "chroot": (path,),
    "mount": (b"none", path, b"tmpfs", 0, None), "personality": (0,),
    "kcmp": (os.getpid(), os.getpid(), 0, 1, 1),
    "keyctl": (0, -3, 1), "add_key": (b"user", b"x", b"x", 1, -3), "syslog": (10, None, 0),
    "perf_event_open": (here, 0, -1, -1, 0),
}
for name, number in numbers.items():
    if libc.syscall(number, *arguments.get(name, (0, 0, 0, 0, 0))) >= 0:
        print("ESCAPED", name)
print("held")
"""


def _many_files(limits: Limits) -> str:
    return f"""
import os
born = 0
try:
    while born < 100_000:
        os.dup(0)
        born += 1
except OSError as error:
    print("refused", error)
if born > {limits.files}:
    print("ESCAPED", born)
print("held")
"""


_LIMITS = """
import resource
for name in dir(resource):
    if name.startswith("RLIMIT_"):
        what = getattr(resource, name)
        try:
            soft, hard = resource.getrlimit(what)
            resource.setrlimit(what, (hard, resource.RLIM_INFINITY))
            if hard != resource.RLIM_INFINITY:
                print("ESCAPED", name)
        except (OSError, ValueError):
            pass
print("held")
"""
_ENVIRONMENT = """
import os, sys
if os.environ:
    print("ESCAPED", list(os.environ))
for path in ("/proc/self/environ", f"/proc/{os.getpid()}/environ"):
    try:
        found = open(path, "rb").read().split(b"=")[0]
        if found not in (b"", b"PYTHONHASHSEED", b"PATH", b"HOSTNAME", b"HOME"):
            print("ESCAPED", found)
    except OSError:
        pass
print("held")
"""

CHECKS: tuple[Check, ...] = (
    program(
        "no_network",
        "no address answers, loopback included, and no name is looked up",
        _SOCKETS,
        held,
        raw=True,
        promise="network_none",
    ),
    program(
        "no_unusual_sockets",
        "no socket of any other family can be made",
        _FAMILIES,
        held,
        raw=True,
        promise="seccomp",
    ),
    program(
        "nothing_can_be_written",
        "no file or directory of the system can be made, changed or removed",
        _WRITE,
        held,
        raw=True,
        promise="read_only_root",
    ),
    program(
        "temporary_files_are_few",
        "what may be written at all, in /tmp or shared memory, is small",
        _FILL,
        held,
        raw=True,
        promise="read_only_root",
    ),
    program(
        "nothing_worth_stealing",
        "no home, no socket of a daemon, no device and no kernel file can be opened",
        _SECRETS,
        held,
        raw=True,
        promise="read_only_root",
    ),
    program(
        "no_environment",
        "no variable of the host's is seen",
        _ENVIRONMENT,
        held,
        raw=True,
        promise="empty_environment",
    ),
    program(
        "sees_no_other_process",
        "no process but its own is seen",
        _PROCESSES,
        held,
        raw=True,
        promise="own_processes_only",
    ),
    program(
        "touches_no_other_process",
        "no other process can be read or signalled",
        _OTHERS,
        held,
        raw=True,
        promise="own_processes_only",
    ),
    program(
        "contains_a_fork_bomb",
        "no flood of processes can be started",
        _FORK,
        held,
        raw=True,
        promise="seccomp",
    ),
    program(
        "starts_nothing",
        "no other program can be started, and no flood of threads",
        _STARTS,
        held,
        raw=True,
        promise="seccomp",
    ),
    program(
        "refuses_system_calls",
        "no tracing, no reading of other memory, no io_uring, bpf, keys, namespaces or mounts",
        _CALLS,
        held,
        raw=True,
        promise="seccomp",
    ),
    program(
        "few_open_files",
        "no more files can be open than the limit says",
        _many_files,
        held,
        raw=True,
        promise="file_limit",
    ),
    program(
        "limits_cannot_be_raised",
        "no limit of the kernel's can be raised from inside",
        _LIMITS,
        held,
        raw=True,
        promise="memory_limit",
    ),
    program(
        "is_not_root",
        "the program's user is not root and cannot become it",
        "import os\nif 0 in (os.getuid(), os.geteuid(), os.getgid()):\n    print('ESCAPED')\n"
        "for become in (os.setuid, os.setgid, os.seteuid):\n    try:\n        become(0)\n"
        "        print('ESCAPED')\n    except OSError:\n        pass\nprint('held')",
        held,
        ends(Ending.COMPLETED),
        raw=True,
        promise="not_root",
    ),
)
