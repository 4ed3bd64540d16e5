# tries: a way past the policy: str subclass attribute name
# full: raised
# raw: any
# policy: accepted
class Name(str):
    def startswith(self, prefix):
        return False
def f():
    pass
print("REACHED", getattr(f, Name("__globals__")))
