# outcome: policy_rejected
class C:
    __match_args__ = ("__dict__",)
match C():
    case C(d):
        print("ESCAPED", d)
