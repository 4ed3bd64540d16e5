# tries: a foreign class, taken for the program's own by its place
# full: raised
# raw: any
# policy: accepted
import numpy as np
@lambda c: np.ndarray
class C:
    pass
C.tolist = None
print("REACHED")
