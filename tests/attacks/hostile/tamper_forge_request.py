# tries: requests to the world, past the host
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"op":"finish"}\n')
    except OSError:
        pass
while True:
    pass
