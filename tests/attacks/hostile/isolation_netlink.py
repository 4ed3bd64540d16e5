# tries: the kernel's configuration by netlink: links, routes, audit, uevents
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import socket
for protocol in range(0, 23):
    for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM):
        try:
            s = socket.socket(16, kind, protocol)
            s.bind((0, -1))
            print("ESCAPED", protocol)
        except OSError:
            pass
print("done")
