# outcome: policy_rejected
@exec
@str
class C:
    pass
print("ESCAPED")
