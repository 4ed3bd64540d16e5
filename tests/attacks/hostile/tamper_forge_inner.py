# tries: the victim named as the process to be killed
# full: refused
# raw: protocol_error
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"inner","pid":@VICTIM_PID@}\n')
    except OSError:
        pass
while True:
    pass
