# tries: capabilities: those it has, those it might raise
# full: refused
# raw: completed
# policy: refused
# promise: no_capabilities
import ctypes, struct
libc = ctypes.CDLL(None, use_errno=True)
header, data = struct.pack("=II", 0x20080522, 0), ctypes.create_string_buffer(24)
if libc.capget(header, data) == 0 and any(data.raw):
    print("ESCAPED", data.raw)
if libc.capset(header, b"\xff" * 24) == 0:
    print("ESCAPED capset")
for name, arguments in {"ambient": (47, 2, 21, 0, 0), "keepcaps": (8, 1, 0, 0, 0), "securebits": (28, 0, 0, 0, 0)}.items():
    if name != "keepcaps" and libc.prctl(*arguments) >= 0:
        print("ESCAPED", name)
print("done")
