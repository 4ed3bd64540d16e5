# tries: every class of the interpreter
# full: refused
# raw: any
# policy: refused
for c in ().__class__.__bases__[0].__subclasses__():
    print("REACHED", c)
