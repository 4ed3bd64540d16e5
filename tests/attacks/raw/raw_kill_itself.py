# promise: seccomp
import os
try:
    os.kill(os.getpid(), 9)
    print("ESCAPED")
except OSError as e:
    print("refused", e)
