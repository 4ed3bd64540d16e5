# outcome: policy_rejected
import numpy as np
print("ESCAPED", np.zeros(1).ctypes.data)
