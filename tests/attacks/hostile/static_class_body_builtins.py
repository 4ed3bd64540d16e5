# outcome: policy_rejected
class C:
    __builtins__ = {}
print("ESCAPED")
