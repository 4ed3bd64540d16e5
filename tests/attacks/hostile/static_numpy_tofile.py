# tries: a way past the policy: numpy tofile
# full: raised
# raw: any
# policy: accepted
import numpy as np
np.zeros(3).tofile("/tmp/x")
print("REACHED")
