# tries: a way past the policy: global guard
# full: refused
# raw: any
# policy: refused
def f():
    global _inplacevar_
    _inplacevar_ = None
f()
print("REACHED")
