# tries: the inner generator's frame
# full: raised
# raw: any
# policy: accepted
def inner():
    yield 1
def outer():
    yield from inner()
g = outer()
next(g)
print("REACHED", getattr(g, "gi_yield" + "from"))
