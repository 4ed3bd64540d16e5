# tries: slots that are others at the second look
# full: raised
# raw: any
# policy: accepted
class Names:
    def __init__(self):
        self.n = 0
    def __iter__(self):
        self.n += 1
        return iter(["a"] if self.n == 1 else ["__array_interface__"])
class C:
    __slots__ = Names()
c = C()
c.a = 1
print("only what was looked at", C)
setattr(c, "__array_" + "interface__", {})
print("REACHED", c)
