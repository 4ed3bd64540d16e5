# tries: three calls at once, with none of the answers awaited
# full: refused
# raw: protocol_error time_out
# policy: refused
# needs: world
import os
lines = b"".join(b'{"t":"call","id":%d,"skill":"gripper_pose","args":{},"line":1}\n' % n for n in (1, 2, 3))
for fd in range(3, 20):
    try:
        os.write(fd, lines)
    except OSError:
        pass
while True:
    pass
