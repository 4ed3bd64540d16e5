# tries: a class with any namespace, made by the type of a type
# full: raised
# raw: any
# policy: accepted
T = type(type(1))
E = T("E", (), {"__match_args__": ("__globals__",)})
print("REACHED", E)
