# tries: a file of the host that anybody may write
# full: refused
# raw: completed
# policy: refused
import os
for path in ("@UNTOUCHED_FILE@", "@CANARY_DIRECTORY@/new", "/proc/self/root@UNTOUCHED_FILE@", "/proc/1/root@UNTOUCHED_FILE@"):
    for flags in (os.O_WRONLY | os.O_CREAT, os.O_WRONLY | os.O_APPEND, os.O_RDWR | os.O_TRUNC):
        try:
            os.write(os.open(path, flags, 0o666), b"changed\n")
            print("ESCAPED", path)
        except OSError as e:
            print("refused", e)
for change in (os.unlink, os.rmdir, lambda path: os.rename(path, path + "2"), lambda path: os.chmod(path, 0)):
    try:
        change("@UNTOUCHED_FILE@")
        print("ESCAPED")
    except OSError as e:
        print("refused", e)
