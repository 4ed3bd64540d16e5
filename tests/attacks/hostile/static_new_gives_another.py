# tries: a __new__ that gives the library something to write to
# full: raised
# raw: any
# policy: accepted
import copy, json
target = None
class A:
    __slots__ = ("encode",)
    def __new__(cls):
        if target is not None:
            return target
        return object.__new__(cls)
a = A()
a.encode = lambda self, o: "PATCHED"
target = json.JSONEncoder
copy.copy(a)
if json.JSONEncoder().encode(1) == "PATCHED":
    print("REACHED", "a class of the library was changed")
