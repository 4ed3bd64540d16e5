# outcome: program_error
import numpy as np
a = np.zeros(1)
class Catcher:
    def __eq__(self, other):
        print("ESCAPED", other)
        return True
match Catcher():
    case a.argmax:
        pass
