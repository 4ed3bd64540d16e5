# tries: a way past the policy: numpy f2py
# full: refused
# raw: any
# policy: refused
import numpy as np
print("REACHED", np.f2py.os)
