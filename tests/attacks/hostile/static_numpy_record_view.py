# tries: an array's memory through a record
# full: raised
# raw: any
# policy: accepted
import numpy as np
r = np.zeros(1, dtype=[("a", "O"), ("b", "i8")])[0]
print("REACHED", r.getfield("i8", 0))
