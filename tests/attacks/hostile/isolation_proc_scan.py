# tries: every number that a process may have
# full: refused
# raw: completed
# policy: refused
# promise: own_processes_only
import os
for pid in [*range(2, 3000), int("@VICTIM_PID@")]:
    if pid == os.getpid():
        continue
    try:
        os.kill(pid, 0)
        print("ESCAPED", pid)
    except OSError:
        pass
    if os.path.exists(f"/proc/{pid}/status"):
        print("ESCAPED", pid)
print("done")
