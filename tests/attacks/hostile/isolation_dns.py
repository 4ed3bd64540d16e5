# tries: a name looked up, which carries data out by itself
# full: refused
# raw: completed
# policy: refused
# promise: network_none
import socket
for name in ("example.com", "localhost.example.com", "secret.example.com"):
    try:
        print("ESCAPED", socket.getaddrinfo(name, 80))
    except OSError as e:
        print("refused", e)
