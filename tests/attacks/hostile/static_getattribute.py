# outcome: policy_rejected
class C:
    def __getattribute__(self, name):
        return 1
print("ESCAPED", C().x)
