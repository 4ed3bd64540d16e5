# promise: seccomp
import threading
try:
    t = threading.Thread(target=lambda: print("ESCAPED"))
    t.start()
except RuntimeError as e:
    print("refused", e)
