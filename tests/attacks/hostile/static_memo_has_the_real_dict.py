# tries: the real dict of an object, collected from the memo of deepcopy
# full: raised
# raw: any
# policy: accepted
import copy
import numpy as np
class C:
    pass
c = C()
c.a = 1
memo = {}
copy.deepcopy(c, memo)
for v in memo.get(id(memo), memo.values()):
    if type(v) is dict:
        v["__array_" + "interface__"] = {"shape": (4,), "typestr": "<i8", "data": (id(C), False), "version": 3}
        print("REACHED", np.asarray(c))
