# tries: the message of a clean end on every descriptor
# full: refused
# raw: completed
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"end","fault":null,"value":null,"note":""}\n')
    except OSError:
        pass
while True:
    pass
