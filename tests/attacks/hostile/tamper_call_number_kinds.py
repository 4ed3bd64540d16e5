# tries: a number that is none: true, a float, a text
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"call","id":true,"skill":"pick","args":{"name":"thing0"},"line":1}\n')
    except OSError:
        pass
while True:
    pass
