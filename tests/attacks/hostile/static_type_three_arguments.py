# tries: a way past the policy: type three arguments
# full: raised
# raw: any
# policy: accepted
T = type("T", (), {"__init__": print})
print("REACHED", T)
