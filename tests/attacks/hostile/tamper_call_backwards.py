# tries: numbers that go down
# full: refused
# raw: protocol_error
# policy: refused
# needs: world
import os
gripper_pose()
gripper_pose()
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"call","id":1,"skill":"pick","args":{"name":"thing0"},"line":1}\n')
    except OSError:
        pass
while True:
    pass
