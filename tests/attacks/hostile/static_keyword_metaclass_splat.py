# outcome: policy_rejected
class C(**{"metaclass": int}):
    pass
print("ESCAPED")
