# tries: a way past the policy: metaclass
# full: raised
# raw: any
# policy: accepted
class M(type):
    pass
class C(metaclass=M):
    pass
print("REACHED")
