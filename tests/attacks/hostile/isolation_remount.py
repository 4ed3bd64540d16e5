# tries: the file system mounted again, writable; others mounted over it
# full: refused
# raw: completed
# policy: refused
# promise: no_capabilities
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
attempts = {
    "remount": lambda: libc.mount(None, b"/", None, 32, None),
    "tmpfs": lambda: libc.mount(b"none", b"/tmp", b"tmpfs", 0, None),
    "proc": lambda: libc.mount(b"none", b"/proc", b"proc", 0, None),
    "sysfs": lambda: libc.mount(b"none", b"/sys", b"sysfs", 0, None),
    "bind": lambda: libc.mount(b"/", b"/tmp", None, 4096, None),
    "overlay": lambda: libc.mount(b"none", b"/tmp", b"overlay", 0, b"lowerdir=/,upperdir=/tmp,workdir=/tmp"),
    "cgroup": lambda: libc.mount(b"none", b"/tmp", b"cgroup2", 0, None),
    "umount": lambda: libc.umount2(b"/", 2),
    "pivot_root": lambda: libc.syscall(155, b"/", b"/"),
    "chroot": lambda: libc.chroot(b"/usr"),
    "fsopen": lambda: libc.syscall(430, b"tmpfs", 0),
    "open_tree": lambda: libc.syscall(428, -100, b"/", 1),
    "mount_setattr": lambda: libc.syscall(442, -100, b"/", 0, None, 0),
}
for name, attempt in attempts.items():
    if attempt() >= 0:
        print("ESCAPED", name)
