# tries: a generator's frame by a computed name
# full: raised
# raw: any
# policy: accepted
def g():
    yield 1
print("REACHED", getattr(g(), "gi_" + "frame"))
