# tries: the way around the guards: super().__getattribute__ by its name
# full: raised
# raw: any
# policy: accepted
class C:
    def f(self):
        return getattr(super(), "__getattri" + "bute__")("__dict__")
print("REACHED", C().f())
