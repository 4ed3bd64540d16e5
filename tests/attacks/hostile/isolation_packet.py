# tries: raw packets
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import socket
for family, kind, protocol in ((17, 3, 0x0300), (17, 2, 0x0300), (2, 3, 1), (2, 3, 255), (2, 2, 1), (10, 3, 58)):
    try:
        socket.socket(family, kind, protocol)
        print("ESCAPED", family, kind, protocol)
    except OSError as e:
        print("refused", e)
