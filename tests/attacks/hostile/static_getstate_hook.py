# tries: any attribute of a copy, set by copy after a __getstate__
# full: refused
# raw: any
# policy: refused
import copy
class C:
    def __getstate__(self):
        return (None, {"__class__": int})
print("REACHED", copy.copy(C()))
