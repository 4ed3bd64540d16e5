# tries: a method's function
# full: raised
# raw: any
# policy: accepted
class C:
    def f(self):
        pass
print("REACHED", getattr(C().f, "__fu" + "nc__"))
