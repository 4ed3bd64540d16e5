# tries: any address of memory as an array, by an object's __dict__
# full: raised
# raw: any
# policy: accepted
import numpy as np
class C:
    pass
c = C()
c.__dict__["__array_" + "interface__"] = {"shape": (1,), "typestr": "<i8", "data": (id(1), False), "version": 3}
print("REACHED", np.asarray(c))
