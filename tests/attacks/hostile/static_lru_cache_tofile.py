# tries: ndarray.tofile, carried out of its class by lru_cache
# full: raised
# raw: any
# policy: accepted
from functools import lru_cache
import numpy as np
lru_cache(maxsize=None)(np.ndarray).tofile(np.zeros(3), "/tmp/x")
print("REACHED")
