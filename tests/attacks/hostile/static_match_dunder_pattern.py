# tries: a way past the policy: match dunder pattern
# full: refused
# raw: any
# policy: refused
def f():
    pass
F = type(f)
match f:
    case F(__globals__=g):
        print("REACHED", g)
