# tries: a guard's name as a parameter with a default
# full: refused
# raw: any
# policy: refused
f = lambda *, _getattr_=lambda o, n: o: 1
print("REACHED", f())
