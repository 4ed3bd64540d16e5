# tries: sleep for ever with every signal ignored
# full: refused
# raw: time_out
# policy: refused
import signal, time
for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
while True:
    time.sleep(1000)
