# tries: fields that no message has
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"call","id":1,"skill":"pick","args":{"name":"thing0"},"line":1,"verdict":"pass"}\n')
    except OSError:
        pass
while True:
    pass
