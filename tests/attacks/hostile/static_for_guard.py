# tries: a way past the policy: for guard
# full: refused
# raw: any
# policy: refused
for _getiter_ in [1]:
    print("REACHED")
