# tries: a foreign class given methods by total_ordering
# full: raised
# raw: any
# policy: accepted
from functools import total_ordering
import numpy as np
total_ordering(np.ndarray)
print("REACHED")
