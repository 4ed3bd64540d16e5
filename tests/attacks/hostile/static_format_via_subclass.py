# tries: a way past the policy: format via subclass
# full: raised
# raw: any
# policy: accepted
class S(str):
    pass
def f():
    pass
print("REACHED", S("{0.__code__}").format(f))
