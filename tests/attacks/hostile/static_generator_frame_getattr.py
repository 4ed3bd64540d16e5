# tries: a way past the policy: generator frame getattr
# full: raised
# raw: any
# policy: accepted
def g():
    yield 1
print("REACHED", getattr(g(), "gi_" + "frame"))
