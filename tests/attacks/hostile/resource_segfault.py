# tries: the interpreter's death by reading nowhere
# full: refused
# raw: crashed
# policy: refused
import ctypes
ctypes.string_at(0)
