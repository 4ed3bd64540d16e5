# tries: the interpreter's death by an instruction that does not exist
# full: refused
# raw: crashed completed
# policy: refused
import ctypes, mmap
try:
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\x0f\x0b" if __import__("platform").machine() == "x86_64" else b"\x00\x00\x00\x00")
    ctypes.CFUNCTYPE(None)(ctypes.addressof(ctypes.c_char.from_buffer(code)))()
except OSError as e:
    print("refused", e)
