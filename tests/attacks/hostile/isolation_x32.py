# tries: system calls of the x32 kind, which a filter may forget
# full: refused
# raw: completed crashed
# policy: refused
# promise: seccomp
import ctypes, platform
if platform.machine() == "x86_64" and ctypes.CDLL(None).syscall(0x40000000 + 39) > 0:
    print("ESCAPED")
