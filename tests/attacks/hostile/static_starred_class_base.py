# tries: bases that the rewriter cannot see
# full: refused
# raw: any
# policy: refused
class M:
    pass
bases = [M, type(M)]
class C(*bases):
    pass
print("REACHED", C)
