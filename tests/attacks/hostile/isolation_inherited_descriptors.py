# tries: whatever was left open for it by the host
# full: refused
# raw: completed
# policy: refused
import os, select, stat
for fd in range(0, 1024):
    try:
        kind = os.fstat(fd).st_mode
    except OSError:
        continue
    name = ""
    try:
        name = os.readlink(f"/proc/self/fd/{fd}")
    except OSError:
        pass
    text = b""
    if stat.S_ISREG(kind):
        text = os.pread(fd, 2000, 0)
    elif stat.S_ISDIR(kind):
        print("ESCAPED directory", fd, name)
    elif stat.S_ISSOCK(kind) or stat.S_ISBLK(kind):
        print("ESCAPED", fd, name)
    print(fd, oct(kind), name, text)
