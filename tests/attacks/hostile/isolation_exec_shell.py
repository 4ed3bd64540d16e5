# tries: a shell in its own place
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import ctypes, os, sys
for path in ("/bin/sh", "/bin/bash", "/usr/bin/env", "/bin/busybox", sys.executable, "/proc/self/exe", "/usr/bin/perl"):
    try:
        os.execv(path, [path, "-c", "echo ESCAPED" if "python" not in path and "exe" not in path else "print('ESCAPED')"])
    except OSError as e:
        print("refused", e)
libc = ctypes.CDLL(None, use_errno=True)
for number in (59, 322):
    arguments = (b"/bin/sh", None, None) if number == 59 else (-100, b"/bin/sh", None, None, 0)
    print("refused", libc.syscall(number, *arguments))
