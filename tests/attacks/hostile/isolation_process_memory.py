# tries: the memory of its neighbours, read and written by system calls
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(64)
class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]
local = Vector(ctypes.addressof(buffer), 64)
remote = Vector(0x400000, 64)
for pid in (int("@VICTIM_PID@"), os.getppid(), 1):
    for number in (310, 311):
        if pid != os.getpid() and libc.syscall(number, pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0) >= 0:
            print("ESCAPED", pid, number)
    if pid != os.getpid() and libc.syscall(440, pid, None, 0, 0, 0) >= 0:
        print("ESCAPED process_madvise", pid)
