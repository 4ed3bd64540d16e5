# tries: an integer of sixty thousand digits, which takes a parser its time
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"call","id":' + b'9' * 60000 + b',"skill":"pick","args":{},"line":1}\n')
    except OSError:
        pass
while True:
    pass
