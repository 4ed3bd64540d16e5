# outcome: program_error
M = int.__class__
E = M("E", (), {"__del__": lambda self: None})
print("ESCAPED", E)
