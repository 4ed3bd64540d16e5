# tries: the class keyword that the rewriter uses
# full: refused
# raw: any
# policy: refused
class C(_metaclass_=print):
    pass
print("REACHED")
