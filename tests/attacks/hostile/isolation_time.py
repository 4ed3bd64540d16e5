# tries: the clock of the machine, set
# full: refused
# raw: completed
# policy: refused
# promise: no_capabilities
import ctypes, time
libc = ctypes.CDLL(None, use_errno=True)
class Spec(ctypes.Structure):
    _fields_ = [("seconds", ctypes.c_long), ("rest", ctypes.c_long)]
now = Spec(int(time.time()), 0)
if libc.clock_settime(0, ctypes.byref(now)) >= 0:
    print("ESCAPED clock_settime")
if libc.settimeofday(ctypes.byref(now), None) >= 0:
    print("ESCAPED settimeofday")
try:
    time.clock_settime(time.CLOCK_REALTIME, time.time())
    print("ESCAPED")
except OSError as e:
    print("refused", e)
