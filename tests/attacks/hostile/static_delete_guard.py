# tries: a guard deleted from the globals
# full: refused
# raw: any
# policy: refused
del _getattr_
print("REACHED")
