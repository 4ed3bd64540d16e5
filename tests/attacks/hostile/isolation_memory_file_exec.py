# tries: a program in memory, executed without a file
# full: refused
# raw: completed early_exit
# policy: refused
# promise: seccomp
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
fd = libc.syscall(319, b"x", 0)
if fd >= 0:
    os.write(fd, b"#!/bin/sh\necho ESCAPED\n")
    os.execve(fd, ["x"], {})
print("refused")
