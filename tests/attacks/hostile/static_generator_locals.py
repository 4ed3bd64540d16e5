# tries: a generator's code
# full: refused
# raw: any
# policy: refused
g = (x for x in [1])
print("REACHED", [y for y in [g.gi_code]])
