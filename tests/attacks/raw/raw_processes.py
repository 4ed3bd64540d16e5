# promise: own_processes_only
import os
try:
    others = [p for p in os.listdir("/proc") if p.isdigit() and int(p) != os.getpid()]
    if others:
        print("ESCAPED", others)
except OSError as e:
    print("refused", e)
for pid in range(2, 400):
    try:
        os.kill(pid, 0)
        print("ESCAPED", pid)
    except OSError:
        pass
