# tries: a way past the policy: super walk
# full: refused
# raw: any
# policy: refused
class C:
    def f(self):
        return super().__getattribute__("__class__")
print("REACHED", C().f())
