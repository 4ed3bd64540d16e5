# tries: the module's name, which makes classes foreign
# full: refused
# raw: any
# policy: refused
global __name__
__name__ = "builtins"
class C:
    pass
print("REACHED", C.__module__)
