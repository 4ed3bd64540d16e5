# tries: a class that says it is of another module
# full: refused
# raw: any
# policy: refused
class C:
    __module__ = "builtins"
print("REACHED", C.__module__)
