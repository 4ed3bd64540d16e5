# tries: a way past the policy: numpy rng ctypes
# full: raised
# raw: any
# policy: accepted
import numpy as np
print("REACHED", getattr(np.random.default_rng(0), "bit_" + "generator"))
