# tries: SIGKILL to itself, to look like somebody else's doing
# full: refused
# raw: completed crashed
# policy: refused
import os, signal
for what in (os.getpid(), 0, -1):
    try:
        os.kill(what, signal.SIGKILL if what > 0 else 0)
    except OSError as e:
        print("refused", e)
