# tries: a way past the policy: subclasses walk
# full: refused
# raw: any
# policy: refused
for c in ().__class__.__bases__[0].__subclasses__():
    print("REACHED", c)
