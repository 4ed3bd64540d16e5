# tries: a denied method out of an array of objects
# full: refused
# raw: any
# policy: refused
import numpy as np
a = np.array([print, len], dtype=object)
print("REACHED", a[0].__self__)
