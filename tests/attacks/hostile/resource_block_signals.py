# tries: an endless loop with every signal blocked
# full: refused
# raw: time_out
# policy: refused
import signal
try:
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
except OSError:
    pass
while True:
    pass
