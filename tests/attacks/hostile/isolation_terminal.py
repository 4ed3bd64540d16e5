# tries: characters pushed into the terminal of whoever started it
# full: refused
# raw: completed
# policy: refused
import fcntl, os
for fd in range(0, 20):
    for request, argument in ((0x5412, b"x"), (0x541C, b"\x02x"), (0x540E, 0), (0x5410, b"\x01\0\0\0"), (0x5407, 0)):
        try:
            fcntl.ioctl(fd, request, argument)
            print("ESCAPED", fd, hex(request))
        except (OSError, ValueError):
            pass
for path in ("/dev/tty", "/dev/console", "/dev/pts/0"):
    try:
        os.write(os.open(path, os.O_WRONLY | os.O_NOCTTY), b"ESCAPED")
        print("ESCAPED", path)
    except OSError:
        pass
print("done")
