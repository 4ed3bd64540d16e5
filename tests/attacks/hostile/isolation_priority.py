# tries: a higher priority for itself, another one for its neighbour
# full: refused
# raw: completed
# policy: refused
import os
def attempt(what, *arguments):
    try:
        what(*arguments)
        print("ESCAPED", what.__name__, arguments)
    except (OSError, PermissionError) as e:
        print("refused", e)
attempt(os.setpriority, os.PRIO_PROCESS, 0, -10)
attempt(os.setpriority, os.PRIO_PROCESS, int("@VICTIM_PID@"), 19)
attempt(os.setpriority, os.PRIO_USER, os.getuid(), 19)
attempt(os.nice, -5)
attempt(os.sched_setscheduler, 0, os.SCHED_FIFO, os.sched_param(50))
attempt(os.sched_setaffinity, int("@VICTIM_PID@"), {0})
for path in ("/proc/self/oom_score_adj", "/proc/self/oom_adj", "/proc/@VICTIM_PID@/oom_score_adj"):
    try:
        with open(path, "w") as f:
            f.write("-1000")
        print("ESCAPED", path)
    except OSError as e:
        print("refused", e)
