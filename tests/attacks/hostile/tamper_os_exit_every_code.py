# tries: an exit with every code that a daemon uses for a signal, until one of them works
# full: refused
# raw: crashed early_exit
# policy: refused
import ctypes, os
libc = ctypes.CDLL(None)
for number in (231, 60, 94, 93) if os.uname().machine == "x86_64" else (94, 93):
    for code in (137, 143, 130, 129, 131, 0x189, -119):
        libc.syscall(number, code)
os._exit(143)
