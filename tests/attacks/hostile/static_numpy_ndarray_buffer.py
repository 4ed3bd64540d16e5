# tries: objects made of numbers, by an array over a buffer
# full: raised
# raw: any
# policy: accepted
import numpy as np
a = np.ndarray((1,), dtype=object, buffer=np.array([id(0)]))
print("REACHED", a)
