# tries: memory outside of an array, by its strides
# full: refused
# raw: any
# policy: refused
import numpy as np
print("REACHED", np.lib.stride_tricks.as_strided)
