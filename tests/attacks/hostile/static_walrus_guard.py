# tries: a guard's name bound by an assignment expression
# full: refused
# raw: any
# policy: refused
if (_write_ := (lambda o: o)):
    print("REACHED")
