# tries: any address of memory as an array, by an enumeration's __array_interface__
# full: raised
# raw: any
# policy: accepted
from enum import Enum
import numpy as np
E = Enum("E", {"__array_interface__": {"shape": (1,), "typestr": "<i8", "data": (id(1), False), "version": 3}, "A": 1})
print("REACHED", np.asarray(E.A))
