# tries: a library function's attributes, by np.vectorize
# full: raised
# raw: any
# policy: accepted
import numpy as np
v = np.vectorize(str)
print("REACHED", getattr(v.pyfunc, "__subclass" + "es__")())
