# tries: the way around the guards: super().__getattribute__
# full: refused
# raw: any
# policy: refused
class C:
    def f(self):
        return super().__getattribute__("__class__")
print("REACHED", C().f())
