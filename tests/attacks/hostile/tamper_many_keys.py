# tries: a message of twenty thousand fields
# full: refused
# raw: protocol_error
# policy: refused
import os
line = b'{"t":"print"' + b"".join(b',"%d":0' % n for n in range(6000)) + b'}\n'
for fd in range(3, 20):
    try:
        os.write(fd, line)
    except OSError:
        pass
while True:
    pass
