# tries: a way past the policy: class body builtins
# full: refused
# raw: any
# policy: refused
class C:
    __builtins__ = {}
print("REACHED")
