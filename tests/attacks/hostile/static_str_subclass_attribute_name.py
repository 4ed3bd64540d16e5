# tries: an attribute name that lies about how it begins
# full: raised
# raw: any
# policy: accepted
class Name(str):
    def startswith(self, prefix):
        return False
def f():
    pass
print("REACHED", getattr(f, Name("__globals__")))
