# promise: network_none
import socket
try:
    s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    s.settimeout(1)
    s.connect(("1.1.1.1", 53))
    print("ESCAPED")
except OSError as e:
    print("refused", e)
