# tries: a slot with numpy's name for an address
# full: raised
# raw: any
# policy: accepted
import numpy as np
class C:
    __slots__ = ("__array_" + "interface__",)
print("REACHED", C())
