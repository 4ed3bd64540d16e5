# promise: seccomp
import os
try:
    os.execv("/bin/sh", ["sh", "-c", "echo ESCAPED"])
except OSError as e:
    print("refused", e)
