# tries: the smallest messages that are valid, without end
# full: refused
# raw: time_out output_flood
# policy: refused
import os
lines = b'{"t":"print","text":""}\n' * 100
while True:
    for fd in range(3, 20):
        try:
            os.write(fd, lines)
        except OSError:
            pass
