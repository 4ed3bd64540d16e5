# tries: an object that says it is of another class
# full: refused
# raw: any
# policy: refused
class C:
    __class__ = property(lambda self: str)
print("REACHED", isinstance(C(), str))
