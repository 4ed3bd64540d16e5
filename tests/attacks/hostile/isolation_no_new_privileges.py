# tries: its own restrictions, taken back
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
for name, arguments in {
    "no_new_privs off": (38, 0, 0, 0, 0), "seccomp off": (22, 0, 0, 0, 0), "dumpable": (4, 1, 0, 0, 0),
    "parent death": (1, 0, 0, 0, 0), "subreaper": (36, 1, 0, 0, 0), "name": (15, b"init", 0, 0, 0), "mm": (35, 8, 0, 0, 0),
}.items():
    if libc.prctl(*arguments) >= 0:
        print("ESCAPED", name)
print("done")
