# tries: a debugger on its neighbours and on itself
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
for pid in (int("@VICTIM_PID@"), 1, os.getppid(), 2, 3):
    for request in (16, 0x4206):
        if pid != os.getpid() and libc.ptrace(request, pid, None, None) >= 0:
            print("ESCAPED", pid, request)
if libc.ptrace(0, 0, None, None) >= 0:
    print("ESCAPED traceme")
