# tries: an attribute name in letters that getattr does not fold
# full: raised
# raw: any
# policy: accepted
def f():
    pass
print("REACHED", getattr(f, "__ｇlobals__"))
