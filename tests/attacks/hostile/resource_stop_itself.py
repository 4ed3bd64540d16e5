# tries: SIGSTOP to itself, so that nobody hears of it again
# full: refused
# raw: completed time_out
# policy: refused
# promise: seccomp
import ctypes, os, signal
libc = ctypes.CDLL(None)
for stop in (
    lambda: os.kill(os.getpid(), signal.SIGSTOP),
    lambda: os.kill(0, signal.SIGSTOP),
    lambda: signal.raise_signal(signal.SIGSTOP),
    lambda: libc.raise_(19) if hasattr(libc, "raise_") else libc.syscall(234, os.getpid(), os.getpid(), 19),
):
    try:
        stop()
    except OSError as e:
        print("refused", e)
