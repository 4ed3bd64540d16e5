# tries: half a message, and then nothing
# full: refused
# raw: time_out
# policy: refused
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'{"t":"end","fau')
    except OSError:
        pass
while True:
    pass
