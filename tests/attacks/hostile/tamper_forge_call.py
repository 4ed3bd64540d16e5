# tries: a call with a number that is not its turn
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"call","id":99,"skill":"pick","args":{"name":"thing0"},"line":1}\n')
    except OSError:
        pass
while True:
    pass
