# outcome: policy_rejected
def g():
    yield 1
print("ESCAPED", g().gi_frame.f_back.f_builtins)
