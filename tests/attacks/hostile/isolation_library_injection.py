# tries: code of its own loaded as a library
# full: refused
# raw: completed
# policy: refused
import ctypes, os
for directory in ("/tmp", "/dev/shm", "/var/tmp"):
    path = f"{directory}/x.so"
    try:
        with open("/lib/x86_64-linux-gnu/libm.so.6", "rb") as source, open(path, "wb") as target:
            target.write(source.read())
        ctypes.CDLL(path)
        print("ESCAPED", path)
    except OSError as e:
        print("refused", e)
