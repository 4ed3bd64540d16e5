# tries: a file of a terabyte that holds nothing, and space reserved for it
# full: refused
# raw: completed
# policy: refused
import os
for directory in ("/tmp", "/dev/shm"):
    try:
        fd = os.open(f"{directory}/sparse", os.O_CREAT | os.O_RDWR)
        os.truncate(fd, 2**40)
        os.posix_fallocate(fd, 0, 2**30)
        print("ESCAPED", directory)
    except OSError as e:
        print("refused", e)
