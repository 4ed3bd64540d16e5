# tries: the host's files, by links made to them
# full: refused
# raw: completed
# policy: refused
import os
for directory in ("/tmp", "/dev/shm", ".", "/var/tmp"):
    for make in (os.symlink, os.link):
        try:
            make("@SECRET_FILE@", f"{directory}/link")
            with open(f"{directory}/link") as f:
                print("ESCAPED", f.read(200))
        except OSError as e:
            print("refused", e)
        try:
            os.unlink(f"{directory}/link")
        except OSError:
            pass
