# tries: a guard's name bound by a loop
# full: refused
# raw: any
# policy: refused
for _getiter_ in [1]:
    print("REACHED")
