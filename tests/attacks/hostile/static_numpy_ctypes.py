# tries: the address of an array
# full: refused
# raw: any
# policy: refused
import numpy as np
print("REACHED", np.zeros(1).ctypes.data)
