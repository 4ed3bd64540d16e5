# tries: a message that comes byte by byte, to hold the reader for ever
# full: refused
# raw: time_out
# policy: refused
import os, time
while True:
    for fd in range(3, 20):
        try:
            os.write(fd, b" ")
        except OSError:
            pass
    time.sleep(0.01)
