# outcome: policy_rejected
g = (x for x in [1])
print("ESCAPED", [y for y in [g.gi_code]])
