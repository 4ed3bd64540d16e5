# promise: network_none
import socket
for family in (socket.AF_UNIX, socket.AF_INET6, 40, 38, 17, 16):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            socket.socket(family, kind)
            print("ESCAPED", family, kind)
        except OSError as e:
            pass
print("done")
