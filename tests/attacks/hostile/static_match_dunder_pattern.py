# tries: a function's globals, read by a pattern
# full: refused
# raw: any
# policy: refused
def f():
    pass
F = type(f)
match f:
    case F(__globals__=g):
        print("REACHED", g)
