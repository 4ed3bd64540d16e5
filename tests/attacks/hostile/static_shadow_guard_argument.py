# tries: a guard's name as a positional-only parameter
# full: refused
# raw: any
# policy: refused
def f(_getattr_, /):
    return ().__class__
print("REACHED", f(lambda o, n: o))
