# tries: objects made of numbers, by a new type of an array
# full: raised
# raw: any
# policy: accepted
import numpy as np
a = np.zeros(1, dtype=np.int64)
a.dtype = object
print("REACHED", a[0])
