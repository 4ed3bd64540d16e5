# tries: exec by its name
# full: refused
# raw: any
# policy: refused
exec("print('REACHED')")
