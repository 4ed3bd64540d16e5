# tries: a file written by an array, with the function taken from the class
# full: raised
# raw: any
# policy: accepted
import numpy as np
np.ndarray.tofile(np.zeros(3), "/tmp/x")
print("REACHED")
