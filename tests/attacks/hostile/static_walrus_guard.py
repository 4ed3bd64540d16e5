# tries: a way past the policy: walrus guard
# full: refused
# raw: any
# policy: refused
if (_write_ := (lambda o: o)):
    print("REACHED")
