# tries: the class hierarchy, walked in a default argument
# full: refused
# raw: any
# policy: refused
def f(x=().__class__.__mro__):
    print("REACHED", x)
f()
