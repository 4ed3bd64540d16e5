# tries: an object and a number in one place, by a structured type
# full: raised
# raw: any
# policy: accepted
import numpy as np
d = np.dtype({"names": ["o", "n"], "formats": ["O", "i8"], "offsets": [0, 0]})
a = np.zeros(1, dtype=d)
print("REACHED", a)
