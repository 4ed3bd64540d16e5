# tries: a __new__ that gives UserDict.copy something to write to
# full: raised
# raw: any
# policy: accepted
import json
from collections import UserDict
target = None
class A(UserDict):
    def __new__(cls, *args):
        return object.__new__(cls) if target is None else target
a = A()
a.mark = 1
target = json.dumps
UserDict.copy(a)
if getattr(json.dumps, "mark", 0) == 1:
    print("REACHED", "a function of the library was changed")
