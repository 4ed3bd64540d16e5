# outcome: policy_rejected
def f():
    pass
F = type(f)
match f:
    case F(__globals__=g):
        print("ESCAPED", g)
