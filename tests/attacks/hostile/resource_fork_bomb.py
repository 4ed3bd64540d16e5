# tries: a fork bomb
# full: refused
# raw: completed
# policy: refused
import os
n = 0
while n < 200:
    try:
        pid = os.fork()
    except OSError as e:
        print("refused", e)
        break
    if pid == 0:
        while True:
            pass
    n += 1
if n > 64:
    print("ESCAPED", n)
