# tries: a socket of every family and kind that the kernel knows
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import socket
for family in range(1, 46):
    for kind in (1, 2, 3, 5, 10):
        try:
            socket.socket(family, kind)
            print("ESCAPED", family, kind)
        except OSError:
            pass
print("done")
