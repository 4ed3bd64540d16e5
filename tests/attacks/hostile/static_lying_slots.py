# tries: a slot whose name says that it is another
# full: raised
# raw: any
# policy: accepted
class T(str):
    def __str__(self):
        return "x"
    def startswith(self, *a):
        return False
class C:
    __slots__ = (T("__array_interface__"),)
print("REACHED", C)
