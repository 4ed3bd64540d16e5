# tries: any attribute of anything, set by copy after a __reduce_ex__
# full: refused
# raw: any
# policy: refused
import copy
class C:
    def __reduce_ex__(self, protocol):
        return (lambda: pick, (), (None, {"__doc__": "REACHED"}))
copy.copy(C())
print(pick.__doc__)
