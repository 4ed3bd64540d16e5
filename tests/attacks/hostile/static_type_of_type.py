# outcome: program_error
T = type(type(1))
E = T("E", (), {"__match_args__": ("__globals__",)})
print("ESCAPED", E)
