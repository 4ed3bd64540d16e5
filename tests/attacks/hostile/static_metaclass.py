# tries: a metaclass of the program's own
# full: raised
# raw: any
# policy: accepted
class M(type):
    pass
class C(metaclass=M):
    pass
print("REACHED")
