# outcome: policy_rejected
import enum
M = type(enum.Enum)
class Any(M):
    def __instancecheck__(cls, ob):
        return True
print("ESCAPED")
