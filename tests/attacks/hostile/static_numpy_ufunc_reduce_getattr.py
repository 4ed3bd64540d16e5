# tries: getattr called by numpy itself
# full: raised
# raw: any
# policy: accepted
import numpy as np
def f():
    pass
get = np.vectorize(getattr, otypes=[object])
print("REACHED", get(np.array([f], dtype=object), "__globals__"))
