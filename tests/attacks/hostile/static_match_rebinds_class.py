# tries: a class that a pattern names, changed after it was checked
# full: completed
# raw: any
# policy: accepted
import numpy as np
class Plain:
    pass
Seen = Plain
def subject():
    global Seen
    Seen = np.ndarray
    return np.zeros(3)
match subject():
    case Seen(tofile=t):
        t("/tmp/x")
        print("REACHED", t)
raise SystemExit
