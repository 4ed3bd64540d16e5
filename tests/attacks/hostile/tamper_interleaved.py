# tries: half a message that the next print completes
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"call","id":1,"skill":"pick","args":{"name":"')
    except OSError:
        pass
print('thing0"},"line":1}')
while True:
    pass
