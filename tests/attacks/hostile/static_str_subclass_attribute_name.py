# outcome: program_error
class Name(str):
    def startswith(self, prefix):
        return False
def f():
    pass
print("ESCAPED", getattr(f, Name("__globals__")))
