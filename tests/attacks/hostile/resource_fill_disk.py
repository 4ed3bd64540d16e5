# tries: every disk and every memory file system, to the brim
# full: refused
# raw: completed out_of_memory
# policy: refused
import os
for directory in ("/tmp", "/dev/shm", "/var/tmp", "/run", "/dev/mqueue", "@CANARY_DIRECTORY@"):
    written = 0
    try:
        with open(os.path.join(directory, "fill"), "wb") as f:
            while written < 300:
                f.write(b"0" * 2**20)
                f.flush()
                written += 1
    except OSError as e:
        print("stopped", directory, written, e)
    if written > 64:
        print("ESCAPED", directory, written)
