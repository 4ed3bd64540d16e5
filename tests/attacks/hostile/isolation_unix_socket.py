# tries: a socket in the host's file system
# full: refused
# raw: completed
# policy: refused
import socket
for path in ("@UNIX_SOCKET@", "/proc/self/root@UNIX_SOCKET@", "/proc/1/root@UNIX_SOCKET@"):
    try:
        s = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        s.connect(path)
        print("ESCAPED", path)
    except OSError as e:
        print("refused", e)
