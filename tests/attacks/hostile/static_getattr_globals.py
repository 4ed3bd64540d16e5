# tries: a way past the policy: getattr globals
# full: raised
# raw: any
# policy: accepted
def f():
    pass
print("REACHED", getattr(f, "__glo" + "bals__"))
