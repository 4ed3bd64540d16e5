# tries: the interpreter's own objects, overwritten
# full: refused
# raw: crashed early_exit raised completed
# policy: refused
import ctypes
ctypes.memset(id(int), 0x41, 64)
ctypes.memset(id(None), 0x41, 8)
print(1 + 1)
