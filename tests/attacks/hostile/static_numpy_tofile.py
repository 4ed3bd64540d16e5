# tries: a file written by an array
# full: raised
# raw: any
# policy: accepted
import numpy as np
np.zeros(3).tofile("/tmp/x")
print("REACHED")
