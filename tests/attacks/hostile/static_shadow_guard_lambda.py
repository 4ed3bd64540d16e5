# tries: a guard's name as a starred parameter
# full: refused
# raw: any
# policy: refused
f = lambda *_write_: 1
print("REACHED")
