# tries: an enumeration with special names, made past the class statement's guard
# full: raised
# raw: any
# policy: accepted
from enum import Enum
import numpy as np
class E(Enum):
    pass
made = E._create_("X", [("A", 1), ("__array_interface__", {"shape": (8,), "typestr": "<i8", "data": (id(E), True), "version": 3})])
print("REACHED", np.array(made.A))
