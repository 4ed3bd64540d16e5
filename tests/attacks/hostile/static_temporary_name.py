# tries: a name that the rewriter makes
# full: refused
# raw: any
# policy: refused
_tmp0 = 5
print("REACHED")
