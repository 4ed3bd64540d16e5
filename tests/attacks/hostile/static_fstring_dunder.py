# outcome: policy_rejected
def f():
    pass
print(f"ESCAPED {f.__code__}")
