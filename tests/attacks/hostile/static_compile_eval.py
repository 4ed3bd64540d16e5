# tries: a way past the policy: compile eval
# full: refused
# raw: any
# policy: refused
print(eval(compile("'REACHED'", "x", "eval")))
