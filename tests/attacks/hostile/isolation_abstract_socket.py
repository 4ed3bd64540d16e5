# tries: a socket that has a name but no file
# full: refused
# raw: completed
# policy: refused
# promise: network_none
import socket
try:
    s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    s.connect("\0@ABSTRACT_SOCKET@")
    print("ESCAPED")
except OSError as e:
    print("refused", e)
