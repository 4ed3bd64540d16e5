# tries: another user, or none above it
# full: refused
# raw: completed
# policy: refused
# promise: not_root
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
for name, attempt in {
    "setuid": lambda: libc.setuid(0),
    "setgid": lambda: libc.setgid(0),
    "setresuid": lambda: libc.setresuid(0, 0, 0),
    "setgroups": lambda: libc.setgroups(1, (ctypes.c_int * 1)(0)),
    "setfsuid": lambda: libc.syscall(122, 0) * 0 - 1 + (libc.syscall(122, 0) == 0),
}.items():
    if attempt() >= 0:
        print("ESCAPED", name)
if 0 in (os.getuid(), os.geteuid(), os.getgid(), os.getegid(), *os.getgroups()):
    print("ESCAPED", os.getuid(), os.getgid(), os.getgroups())
