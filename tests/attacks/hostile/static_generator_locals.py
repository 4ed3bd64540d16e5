# tries: a way past the policy: generator locals
# full: refused
# raw: any
# policy: refused
g = (x for x in [1])
print("REACHED", [y for y in [g.gi_code]])
