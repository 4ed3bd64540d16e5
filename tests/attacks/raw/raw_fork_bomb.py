# promise: seccomp
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
if n:
    print("ESCAPED", n)
