# tries: attributes of foreign objects, read by a pattern of a protocol
# full: raised
# raw: any
# policy: accepted
from typing import Protocol, runtime_checkable
import numpy as np
@runtime_checkable
class P(Protocol):
    def tofile(self, path): ...
match np.zeros(3):
    case P(tofile=t):
        print("REACHED", t)
