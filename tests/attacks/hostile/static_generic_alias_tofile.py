# tries: ndarray.tofile through an alias, which passes look-ups on
# full: raised
# raw: any
# policy: accepted
import numpy as np
Alias = list[int].__class__
Alias(np.zeros(3), ()).tofile("/tmp/x")
print("REACHED")
