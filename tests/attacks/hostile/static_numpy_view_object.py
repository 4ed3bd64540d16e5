# tries: objects made of numbers, by a view of another type
# full: raised
# raw: any
# policy: accepted
import numpy as np
v = getattr(np.array([id(0)]), "vi" + "ew")
print("REACHED", v(object))
