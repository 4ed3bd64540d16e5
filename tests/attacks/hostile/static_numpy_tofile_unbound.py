# tries: a way past the policy: numpy tofile unbound
# full: raised
# raw: any
# policy: accepted
import numpy as np
np.ndarray.tofile(np.zeros(3), "/tmp/x")
print("REACHED")
