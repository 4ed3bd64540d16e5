# tries: a way past the policy: lazy exec
# full: refused
# raw: any
# policy: refused
exec("print('REACHED')")
