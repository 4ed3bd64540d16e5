# outcome: policy_rejected
def f():
    global _inplacevar_
    _inplacevar_ = None
f()
print("ESCAPED")
