# tries: a datagram to this machine, out of it and to everybody
# full: refused
# raw: completed
# policy: refused
# promise: network_none
import socket
for address in (("127.0.0.1", int("@UDP_PORT@")), ("192.0.2.1", 53), ("255.255.255.255", 9), ("224.0.0.1", 9)):
    try:
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        s.sendto(b"hello", address)
        print("sent, where to is the host's to say", address)
    except OSError as e:
        print("refused", e)
