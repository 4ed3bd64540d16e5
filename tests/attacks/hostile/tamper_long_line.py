# tries: a line without end
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        while True:
            if os.write(fd, b'x' * 60000) <= 0:
                break
    except OSError:
        pass
while True:
    pass
