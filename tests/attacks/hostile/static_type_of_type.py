# tries: a way past the policy: type of type
# full: raised
# raw: any
# policy: accepted
T = type(type(1))
E = T("E", (), {"__match_args__": ("__globals__",)})
print("REACHED", E)
