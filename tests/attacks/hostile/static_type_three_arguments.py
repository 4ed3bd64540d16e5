# tries: a class made by type with three arguments
# full: raised
# raw: any
# policy: accepted
T = type("T", (), {"__init__": print})
print("REACHED", T)
