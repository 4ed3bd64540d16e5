# tries: globals through a property's getter
# full: refused
# raw: any
# policy: refused
class C:
    @property
    def x(self):
        return 1
print("REACHED", C.x.fget.__globals__)
