# outcome: program_error
import numpy as np
a = np.zeros(1, dtype=np.int64)
a.dtype = object
print("ESCAPED", a[0])
