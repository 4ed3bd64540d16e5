# tries: text compiled and evaluated
# full: refused
# raw: any
# policy: refused
print(eval(compile("'REACHED'", "x", "eval")))
