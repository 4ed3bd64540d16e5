# tries: the os module through numpy
# full: refused
# raw: any
# policy: refused
import numpy as np
print("REACHED", np.f2py.os)
