# tries: threads without end
# full: refused
# raw: completed
# policy: refused
import threading
started = 0
try:
    while started < 200:
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        started += 1
except RuntimeError as e:
    print("refused", e)
if started > 64:
    print("ESCAPED", started)
