# tries: system calls that are doors into the kernel, one after the other
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for name, number, arguments in (
    ("io_uring_setup", 425, (8, None)), ("io_uring_enter", 426, (0, 0, 0, 0, None)), ("bpf", 321, (0, None, 0)),
    ("userfaultfd", 323, (1,)), ("perf_event_open", 298, (None, 0, -1, -1, 0)), ("keyctl", 250, (0, -3, 1, 0, 0)),
    ("add_key", 248, (b"user", b"x", b"y", 1, -3)), ("request_key", 249, (b"user", b"x", None, 0)),
    ("memfd_create", 319, (b"x", 0)), ("memfd_secret", 447, (0,)), ("fanotify_init", 300, (0, 0)),
    ("inotify_init", 253, ()), ("quotactl", 179, (0, None, 0, None)), ("kexec_load", 246, (0, 0, None, 0)),
    ("init_module", 175, (None, 0, b"")), ("finit_module", 313, (0, b"", 0)), ("delete_module", 176, (b"x", 0)),
    ("reboot", 169, (0xFEE1DEAD, 672274793, 0, None)), ("swapon", 167, (b"/tmp/x", 0)), ("acct", 163, (b"/tmp/x",)),
    ("iopl", 172, (3,)), ("ioperm", 173, (0, 1, 1)), ("modify_ldt", 154, (1, None, 0)), ("lookup_dcookie", 212, (0, None, 0)),
    ("move_pages", 279, (0, 0, None, None, None, 0)), ("mbind", 237, (None, 0, 0, None, 0, 0)), ("vmsplice", 278, (1, None, 0, 0)),
    ("seccomp", 317, (1, 8, None)), ("personality", 135, (0x0040000,)), ("landlock", 444, (None, 0, 1)),
    ("shmget", 29, (0, 4096, 0o1600)), ("semget", 64, (0, 1, 0o1600)), ("msgget", 68, (0, 0o1600)), ("mq_open", 240, (b"x", 66, 0o600, None)),
    ("timer_create", 222, (0, None, None)), ("epoll", 291, (0,)), ("eventfd", 290, (0, 0)), ("signalfd", 289, (-1, b"\0" * 8, 8, 0)),
):
    if name in ("personality",) and libc.syscall(135, 0xFFFFFFFF) < 0:
        continue
    if libc.syscall(number, *arguments) >= 0 and name not in ("epoll", "eventfd", "signalfd"):
        print("ESCAPED", name)
print("done")
