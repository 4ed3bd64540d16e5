# tries: the same as by fcntl, with the requests of ioctl that take an owner, and the terminal's input
# full: refused
# raw: completed
# policy: refused
import fcntl
import os
import time

FIOASYNC, FIOSETOWN, SIOCSPGRP, TIOCSTI = 0x5452, 0x8901, 0x8902, 0x5412
# A filter that looks at the whole register, or at half of it, is not to be told two things.
HIGH = 1 << 32
for fd in range(8):
    for request in (FIOSETOWN, SIOCSPGRP, FIOASYNC, TIOCSTI, FIOSETOWN | HIGH, FIOASYNC | HIGH):
        try:
            fcntl.ioctl(fd, request & 0xFFFFFFFF, os.getpid().to_bytes(4, "little"))
            print("taken", fd, request)
        except (OSError, OverflowError) as error:
            print(fd, error)
for _ in range(100):
    print("x" * 1000)
time.sleep(0.3)
