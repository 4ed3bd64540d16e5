# tries: a daemon, forked twice into a session of its own, that outlives the run and writes then
# full: refused
# raw: completed
# policy: refused
import os, time
try:
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(2)
            while True:
                try:
                    open("@UNTOUCHED_FILE@", "a").write("still here\n")
                except OSError:
                    pass
                time.sleep(0.2)
        os._exit(0)
except OSError as e:
    print("refused", e)
