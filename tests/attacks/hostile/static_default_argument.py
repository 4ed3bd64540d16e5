# outcome: policy_rejected
def f(x=().__class__.__mro__):
    print("ESCAPED", x)
f()
