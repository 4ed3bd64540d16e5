# tries: a TCP connection to this machine and out of it
# full: refused
# raw: completed
# policy: refused
# promise: network_none
import socket
for family, address in (
    (socket.AF_INET, ("127.0.0.1", int("@TCP_PORT@"))),
    (socket.AF_INET, ("192.0.2.1", 80)),
    (socket.AF_INET6, ("2001:db8::1", 80)),
    (socket.AF_INET6, ("::ffff:127.0.0.1", int("@TCP_PORT@"))),
):
    try:
        s = socket.socket(family, socket.SOCK_STREAM)
        s.settimeout(0.3)
        s.connect(address)
        print("ESCAPED", address)
    except OSError as e:
        print("refused", e)
