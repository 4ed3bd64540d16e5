# tries: timers that raise from everywhere, for ever
# full: refused
# raw: time_out
# policy: refused
import signal
def again(*rest):
    while True:
        pass
signal.signal(signal.SIGALRM, again)
try:
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
except OSError as e:
    print("refused", e)
while True:
    pass
