# outcome: policy_rejected
class C:
    def f(self):
        return super().__getattribute__("__class__")
print("ESCAPED", C().f())
