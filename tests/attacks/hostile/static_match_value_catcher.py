# tries: a file function of arrays, handed to a comparison by a value pattern
# full: raised
# raw: any
# policy: accepted
import numpy as np
a = np.zeros(1)
class Catcher:
    def __eq__(self, other):
        print("REACHED", other)
        return True
match Catcher():
    case a.tofile:
        pass
