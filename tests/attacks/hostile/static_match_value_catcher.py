# tries: a way past the policy: match value catcher
# full: completed
# raw: any
# policy: accepted
import numpy as np
a = np.zeros(1)
class Catcher:
    def __eq__(self, other):
        print("REACHED", other)
        return True
match Catcher():
    case a.argmax:
        pass
