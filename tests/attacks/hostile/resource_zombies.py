# tries: children that end and are never waited for
# full: refused
# raw: completed
# policy: refused
import os
n = 0
try:
    while n < 1000:
        if os.fork() == 0:
            os._exit(0)
        n += 1
except OSError as e:
    print("refused", e)
if n > 64:
    print("ESCAPED", n)
