# tries: a slot replaced by another between the class and the copy
# full: completed
# raw: any
# policy: accepted
import copy
class Slot:
    def __get__(self, ob, kind=None):
        return print
    def __set__(self, ob, value):
        if isinstance(value, dict) and "_modules" in value:
            print("REACHED", value)
class A:
    __slots__ = ("x", "__dict__")
a = A()
a.x = 1
A.x = Slot()
copy.deepcopy(a)
copy.copy(a)
