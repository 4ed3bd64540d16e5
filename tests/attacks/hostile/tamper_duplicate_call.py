# tries: one call sent twice by one number
# full: refused
# raw: protocol_error
# policy: refused
# needs: world
import os
for fd in range(3, 20):
    try:
        os.write(fd, 2 * b'{"t":"call","id":1,"skill":"pick","args":{"name":"thing0"},"line":1}\n')
    except OSError:
        pass
while True:
    pass
