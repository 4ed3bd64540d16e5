# tries: a function's globals
# full: refused
# raw: any
# policy: refused
def f():
    pass
print("REACHED", f.__globals__)
