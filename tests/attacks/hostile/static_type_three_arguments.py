# outcome: program_error
T = type("T", (), {"__init__": print})
print("ESCAPED", T)
