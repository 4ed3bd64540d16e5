# tries: all that /proc tells of other processes
# full: refused
# raw: completed
# policy: refused
import os
own = {str(os.getpid()), "self", "thread-self"}
try:
    names = os.listdir("/proc")
except OSError as e:
    names = []
    print("refused", e)
for pid in [*(name for name in names if name.isdigit()), "1", str(os.getppid()), "@VICTIM_PID@"]:
    if pid in own:
        continue
    for what in ("environ", "cmdline", "maps", "status", "stack", "syscall", "mountinfo", "fd/0", "fd/3", "fd/9", "cwd/secret"):
        try:
            with open(f"/proc/{pid}/{what}", "rb") as f:
                print(pid, what, f.read(4000))
        except OSError:
            pass
