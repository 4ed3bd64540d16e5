# tries: a way past the policy: keyword metaclass splat
# full: refused
# raw: any
# policy: refused
class C(**{"metaclass": int}):
    pass
print("REACHED")
