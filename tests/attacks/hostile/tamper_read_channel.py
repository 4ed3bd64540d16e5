# tries: the host's lines, read before the guest's own loop gets them
# full: refused
# raw: time_out completed early_exit
# policy: refused
import os, select
for fd in range(3, 20):
    try:
        ready, _, _ = select.select([fd], [], [], 0.1)
        if ready:
            print(fd, os.read(fd, 65536))
    except (OSError, ValueError):
        pass
while True:
    pass
