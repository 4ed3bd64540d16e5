# outcome: policy_rejected
class M(type):
    pass
class C(metaclass=M):
    pass
print("ESCAPED")
