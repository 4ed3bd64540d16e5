# tries: valid messages without end on every descriptor
# full: refused
# raw: output_flood
# policy: refused
import os
line = b'{"t":"print","text":"' + b'x' * 2000 + b'"}\n'
while True:
    for fd in range(3, 20):
        try:
            os.write(fd, line)
        except OSError:
            pass
