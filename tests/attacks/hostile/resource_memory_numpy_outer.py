# tries: an outer product of eight terabytes
# full: out_of_memory
# raw: out_of_memory early_exit
# policy: accepted
import numpy as np
a = np.ones(10**6)
print(np.outer(a, a).shape)
