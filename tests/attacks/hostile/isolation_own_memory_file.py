# tries: its own code, overwritten through /proc/self/mem
# full: refused
# raw: completed crashed early_exit
# policy: refused
import ctypes
address = ctypes.cast(ctypes.CDLL(None).getpid, ctypes.c_void_p).value
try:
    with open("/proc/self/mem", "r+b", buffering=0) as f:
        f.seek(address)
        f.write(b"\x90" * 4)
except OSError as e:
    print("refused", e)
