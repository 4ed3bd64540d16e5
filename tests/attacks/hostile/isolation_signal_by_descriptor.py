# tries: a signal to a neighbour when a descriptor becomes ready
# full: refused
# raw: completed
# policy: refused
import fcntl, os
for fd in range(0, 10):
    for owner in (int("@VICTIM_PID@"), -int("@VICTIM_PID@")):
        try:
            fcntl.fcntl(fd, 8, owner)
            fcntl.fcntl(fd, 10, 10)
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | 0o20000)
        except OSError as e:
            print("refused", e)
os.write(2, b"x" * 100)
