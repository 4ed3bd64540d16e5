# tries: an attribute of the interpreter through super()
# full: raised
# raw: any
# policy: accepted
class C:
    def f(self):
        return getattr(super(), "__self" + "_class__")
print("REACHED", C().f())
