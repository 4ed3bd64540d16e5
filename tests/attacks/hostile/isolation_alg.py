# tries: the kernel's cryptography by AF_ALG
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import socket
try:
    s = socket.socket(38, socket.SOCK_SEQPACKET, 0)
    s.bind(("hash", "sha256"))
    print("ESCAPED")
except OSError as e:
    print("refused", e)
