# tries: the host's files, from open directories upwards
# full: refused
# raw: completed
# policy: refused
import os
for start in ("/", ".", "/tmp", "/usr/lib", "/proc", "/dev"):
    try:
        fd = os.open(start, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        continue
    for _ in range(12):
        try:
            fd = os.open("..", os.O_RDONLY | os.O_DIRECTORY, dir_fd=fd)
        except OSError:
            break
    try:
        secret = os.open("@SECRET_FILE@".lstrip("/"), os.O_RDONLY, dir_fd=fd)
        print("ESCAPED", os.read(secret, 200))
    except OSError as e:
        print("refused", start, e)
