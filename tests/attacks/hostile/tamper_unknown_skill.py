# tries: skills that are not declared, among them the world's own doings
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"call","id":1,"skill":"finish","args":{},"line":1}\n')
    except OSError:
        pass
while True:
    pass
