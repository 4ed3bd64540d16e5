# tries: every other way to be killed at a time of its own choosing: timers, limits, queues, the parent's death
# full: refused
# raw: completed
# policy: refused
import ctypes
import os
import signal
import struct
import time

libc = ctypes.CDLL(None, use_errno=True)
first = os.uname().machine == "x86_64"
me, info = os.getpid(), struct.pack("iii", 9, 0, -1) + bytes(116)
event = ctypes.create_string_buffer(struct.pack("Qii", 0, 9, 0) + bytes(48))
timer, soon = ctypes.c_int(), struct.pack("qqqq", 0, 0, 0, 20_000_000)
cpu = struct.pack("QQ", 0, 0)
CALLS = {
    "timer_create": (222 if first else 107, (1, event, ctypes.byref(timer))),
    "timer_settime": (223 if first else 110, (0, 0, soon, 0)),
    "setitimer": (38 if first else 103, (0, soon, 0)),
    "prctl(parent's death)": (157 if first else 167, (1, 9, 0, 0, 0)),
    "prlimit64(cpu)": (302 if first else 261, (0, 0, cpu, 0)),
    "setrlimit(cpu)": (160 if first else 164, (0, cpu)),
    "rt_sigqueueinfo": (129 if first else 138, (me, 9, info)),
    "rt_tgsigqueueinfo": (297 if first else 240, (me, me, 9, info)),
    "tkill": (200 if first else 130, (me, 9)),
    "tgkill": (234 if first else 131, (me, me, 9)),
    "kill": (62 if first else 129, (0, 9)),
    "mq_notify": (244 if first else 184, (0, event)),
    "seccomp": (317 if first else 277, (0, 0, 0)),
}
for name, (number, arguments) in CALLS.items():
    done = libc.syscall(ctypes.c_long(number), *arguments)
    print(name, done, ctypes.get_errno())
for attempt in (
    lambda: signal.setitimer(signal.ITIMER_REAL, 0.01),
    lambda: signal.alarm(1),
    lambda: signal.raise_signal(signal.SIGKILL),
    lambda: os.kill(me, signal.SIGKILL),
    lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)),
):
    try:
        attempt()
        print("taken")
    except (OSError, AttributeError) as error:
        print(error)
time.sleep(0.3)
