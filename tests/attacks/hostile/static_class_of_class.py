# tries: a class with any namespace, made by the class of a class
# full: raised
# raw: any
# policy: accepted
M = int.__class__
E = M("E", (), {"__del__": lambda self: None})
print("REACHED", E)
