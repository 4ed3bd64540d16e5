# tries: to have the kernel kill it when a pipe is ready, so that its end looks like one from outside
# full: refused
# raw: completed
# policy: refused
import fcntl
import os
import time

SIGKILL, F_SETSIG, F_SETOWN_EX = 9, 10, 15


def arm(fd, owner):
    for command, value in (
        (fcntl.F_SETOWN, owner),
        (F_SETOWN_EX, (1).to_bytes(4, "little") + owner.to_bytes(4, "little")),
        (F_SETSIG, SIGKILL),
        (fcntl.F_SETFL, os.O_ASYNC | os.O_WRONLY),
    ):
        try:
            fcntl.fcntl(fd, command, value)
            print("taken", fd, command)
        except OSError as error:
            print(fd, command, error)


try:
    r, w = os.pipe()
    arm(r, os.getpid())
    os.write(w, b"x")
except OSError as error:
    print(error)
for fd in range(8):
    for owner in (os.getppid() or 1, os.getpid()):
        arm(fd, owner)
for _ in range(100):
    try:
        os.write(1, b"x" * 1000)
    except OSError as error:
        print(error)
    print("x" * 1000)
time.sleep(0.3)
