# tries: fcntl and ioctl by their numbers, with bits above those that a filter looks at
# full: refused
# raw: completed
# policy: refused
import ctypes
import os
import time

libc = ctypes.CDLL(None, use_errno=True)
FCNTL, IOCTL = (72, 16) if os.uname().machine == "x86_64" else (25, 29)
SETOWN, SETSIG, SETFL, ASYNC = 8, 10, 4, 0o20000
for high in (0, 1 << 32, 3 << 32, 0xFFFFFFFF << 32):
    for fd in range(8):
        for call, command, value in (
            (FCNTL, SETOWN, os.getpid()),
            (FCNTL, SETSIG, 9),
            (FCNTL, SETFL, ASYNC | 1),
            (IOCTL, 0x5452, 1),
        ):
            for arguments in ((command | high, value), (command, value | high)):
                done = libc.syscall(ctypes.c_long(call), ctypes.c_long(fd), *map(ctypes.c_ulong, arguments))
                print(fd, command, done, ctypes.get_errno())
for _ in range(100):
    print("x" * 1000)
time.sleep(0.3)
