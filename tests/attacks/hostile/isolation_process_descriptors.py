# tries: descriptors of its neighbours: pidfd_open, pidfd_getfd, kcmp
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for pid in (int("@VICTIM_PID@"), os.getppid(), 1, os.getpid()):
    fd = libc.syscall(434, pid, 0)
    if fd >= 0:
        print("ESCAPED pidfd_open", pid)
        print(libc.syscall(438, fd, 0, 0), libc.syscall(424, fd, 0, None, 0))
    if libc.syscall(312, pid, os.getpid(), 0, 0, 1) >= 0:
        print("ESCAPED kcmp", pid)
