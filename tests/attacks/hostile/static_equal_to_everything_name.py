# tries: an attribute name that is equal to every other
# full: raised
# raw: any
# policy: accepted
class Name(str):
    def __eq__(self, other):
        return True
    def __hash__(self):
        return hash("upper")
def f():
    pass
print("REACHED", getattr(f, Name("__globals__")))
