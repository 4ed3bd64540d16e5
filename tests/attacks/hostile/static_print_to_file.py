# tries: print to an object of the library that writes files
# full: raised
# raw: any
# policy: accepted
import numpy as np
class F:
    write = np.ndarray.tofile
print("x", file=F())
print("REACHED")
