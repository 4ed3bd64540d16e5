# tries: a way past the policy: shadow guard lambda
# full: refused
# raw: any
# policy: refused
f = lambda *_write_: 1
print("REACHED")
