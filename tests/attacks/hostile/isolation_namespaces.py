# tries: namespaces of its own, in which it would be root
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for flag in (0x10000000, 0x20000, 0x20000000, 0x40000000, 0x8000000, 0x4000000, 0x2000000, 0x80, 0x10020000):
    if libc.unshare(flag) >= 0:
        print("ESCAPED unshare", hex(flag))
    if flag & 0x10000000 and libc.syscall(56, flag | 17, 0, 0, 0, 0) > 0:
        print("ESCAPED clone", hex(flag))
for pid in ("self", "1", str(os.getppid()), "@VICTIM_PID@"):
    for kind in ("user", "mnt", "pid", "net", "ipc", "uts", "cgroup"):
        try:
            fd = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY)
        except OSError:
            continue
        if libc.setns(fd, 0) >= 0:
            print("ESCAPED setns", pid, kind)
print("done")
