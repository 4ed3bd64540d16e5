# tries: an exception group's split, which believes what derive returns
# full: refused
# raw: any
# policy: refused
g = ExceptionGroup("g", [ValueError(1)])
print("REACHED", g.split(ValueError))
