# tries: sockets past Python's own calls: socket, socketpair, connect, io_uring
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
pair = (ctypes.c_int * 2)()
for name, result in (
    ("socket", libc.syscall(41, 2, 1, 0)),
    ("socket6", libc.syscall(41, 10, 2, 0)),
    ("socketpair", libc.syscall(53, 1, 1, 0, pair)),
    ("sendmsg", libc.syscall(46, 1, None, 0)),
    ("io_uring_setup", libc.syscall(425, 8, None)),
):
    if result >= 0:
        print("ESCAPED", name)
