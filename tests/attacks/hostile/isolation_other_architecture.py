# tries: system calls of 32 bits, which a filter may forget
# full: refused
# raw: completed crashed raised
# policy: refused
# promise: seccomp
import ctypes, mmap, platform
if platform.machine() == "x86_64":
    # mov eax, 20 (getpid); int 0x80; ret
    code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
    if ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(code)))() > 0:
        print("ESCAPED")
