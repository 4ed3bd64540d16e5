# tries: eval in letters that only the parser folds
# full: refused
# raw: any
# policy: refused
print("REACHED", ｅval("1+1"))
