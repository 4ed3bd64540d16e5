# tries: a class derived from a metaclass
# full: refused
# raw: any
# policy: refused
import enum
M = type(enum.Enum)
class Any(M):
    def __instancecheck__(cls, ob):
        return True
print("REACHED")
