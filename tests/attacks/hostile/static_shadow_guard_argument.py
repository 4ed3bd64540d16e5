# outcome: policy_rejected
def f(_getattr_, /):
    return ().__class__
print("ESCAPED", f(lambda o, n: o))
