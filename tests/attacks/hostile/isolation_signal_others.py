# tries: signals to everybody else
# full: refused
# raw: completed
# policy: refused
import ctypes, os, signal
libc = ctypes.CDLL(None, use_errno=True)
for pid in (int("@VICTIM_PID@"), os.getppid(), -int("@VICTIM_PID@")):
    for number in (signal.SIGUSR1, signal.SIGTERM):
        if pid in (0, 1, -1):
            continue
        try:
            os.kill(pid, number)
            print("sent", pid, number)
        except OSError as e:
            print("refused", e)
        libc.syscall(129, pid, int(number), None)
        libc.syscall(297, pid, pid, int(number), None)
        libc.syscall(234, pid, pid, int(number))
