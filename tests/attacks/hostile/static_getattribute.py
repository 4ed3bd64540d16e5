# tries: a class that answers every look-up itself
# full: refused
# raw: any
# policy: refused
class C:
    def __getattribute__(self, name):
        return 1
print("REACHED", C().x)
