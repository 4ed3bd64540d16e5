# tries: names of the globals, looked up by np.r_ with a text
# full: raised
# raw: any
# policy: accepted
import numpy as np
secret = np.array([[1]])
print("REACHED", np.r_["secret; secret"])
