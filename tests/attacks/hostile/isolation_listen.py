# tries: a port of its own for others to come in by
# full: refused
# raw: completed
# policy: refused
# promise: network_none
import socket
for family, address in ((socket.AF_INET, ("0.0.0.0", 0)), (socket.AF_INET6, ("::", 0)), (socket.AF_UNIX, "\0ours")):
    try:
        s = socket.socket(family, socket.SOCK_STREAM)
        s.bind(address)
        s.listen()
        print("listening", s.getsockname())
    except OSError as e:
        print("refused", e)
