# tries: a guard's name in letters that only the parser folds
# full: refused
# raw: any
# policy: refused
ｐrint = print
＿getattr_ = None
print("REACHED")
