# tries: any address of memory as an array, by vars(x).update
# full: raised
# raw: any
# policy: accepted
import numpy as np
class C:
    pass
c = C()
dict.__setitem__(vars(c), "__array_struct__", 1)
vars(c).update({"__array_" + "interface__": {"shape": (1,), "typestr": "<i8", "data": (id(1), False), "version": 3}})
print("REACHED", np.asarray(c))
