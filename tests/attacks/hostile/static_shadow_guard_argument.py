# tries: a way past the policy: shadow guard argument
# full: refused
# raw: any
# policy: refused
def f(_getattr_, /):
    return ().__class__
print("REACHED", f(lambda o, n: o))
