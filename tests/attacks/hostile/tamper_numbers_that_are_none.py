# tries: NaN and infinity inside a call
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"call","id":1,"skill":"move_gripper","args":{"position":[NaN,Infinity,1e999]},"line":1}\n')
    except OSError:
        pass
while True:
    pass
