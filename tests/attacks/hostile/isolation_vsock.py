# tries: the hypervisor's socket
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import socket
for cid in (0, 1, 2, 3):
    try:
        s = socket.socket(40, socket.SOCK_STREAM)
        s.settimeout(0.2)
        s.connect((cid, 1024))
        print("ESCAPED", cid)
    except OSError as e:
        print("refused", e)
