# tries: a way past the policy: numpy as strided
# full: refused
# raw: any
# policy: refused
import numpy as np
print("REACHED", np.lib.stride_tricks.as_strided)
