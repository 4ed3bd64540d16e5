# tries: any address of memory as an array, by a namespace's attribute
# full: raised
# raw: any
# policy: accepted
from types import SimpleNamespace
import numpy as np
ns = SimpleNamespace(**{"__array_interface__": {"shape": (1,), "typestr": "<i8", "data": (id(1), False), "version": 3}})
print("REACHED", np.asarray(ns))
