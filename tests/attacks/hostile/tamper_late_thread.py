# tries: a thread that goes on when the program has ended
# full: refused
# raw: completed
# policy: refused
# promise: seccomp
import threading, time
def later():
    time.sleep(0.2)
    pick("thing0")
    place_on("thing0")
try:
    threading.Thread(target=later).start()
except RuntimeError as e:
    print("refused", e)
