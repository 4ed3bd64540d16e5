# outcome: policy_rejected
def f():
    pass
print("ESCAPED", f.__globals__)
