# tries: calls whose answers are never read, so that the host would block on writing them
# full: refused
# raw: time_out call_budget
# policy: refused
# needs: world
import os
n = 0
while True:
    n += 1
    # The refusal of this one is a thousand bytes long.
    line = b'{"t":"call","id":%d,"skill":"move_gripper","args":{"position":"%s"},"line":1}\n' % (n, b"\\ud83e\\udd16" * 90)
    for fd in range(3, 20):
        try:
            os.write(fd, line)
        except OSError:
            pass
