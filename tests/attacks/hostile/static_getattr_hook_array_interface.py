# tries: any address of memory as an array, by a __getattr__ that answers numpy
# full: raised
# raw: any
# policy: accepted
import numpy as np
class C:
    def __getattr__(self, name):
        if "interface" in name:
            return {"shape": (1,), "typestr": "<i8", "data": (id(1), False), "version": 3}
        raise AttributeError(name)
a = np.asarray(C())
assert a.dtype != object, "numpy saw nothing"
print("REACHED", a)
