# tries: a way past the policy: class of class
# full: raised
# raw: any
# policy: accepted
M = int.__class__
E = M("E", (), {"__del__": lambda self: None})
print("REACHED", E)
