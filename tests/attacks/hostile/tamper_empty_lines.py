# tries: lines with nothing in them
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'\n\n\0\n')
    except OSError:
        pass
while True:
    pass
