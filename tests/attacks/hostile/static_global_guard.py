# tries: a guard replaced by a global statement
# full: refused
# raw: any
# policy: refused
def f():
    global _inplacevar_
    _inplacevar_ = None
f()
print("REACHED")
