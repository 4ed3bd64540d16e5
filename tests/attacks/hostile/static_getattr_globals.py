# tries: a function's globals by a computed name
# full: raised
# raw: any
# policy: accepted
def f():
    pass
print("REACHED", getattr(f, "__glo" + "bals__"))
