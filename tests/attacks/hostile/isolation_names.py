# tries: the name of the machine
# full: refused
# raw: completed
# policy: refused
# promise: no_capabilities
import ctypes, socket
libc = ctypes.CDLL(None, use_errno=True)
for attempt in (lambda: libc.sethostname(b"taken", 5), lambda: libc.setdomainname(b"taken", 5)):
    if attempt() >= 0:
        print("ESCAPED")
try:
    socket.sethostname("taken")
    print("ESCAPED")
except OSError as e:
    print("refused", e)
