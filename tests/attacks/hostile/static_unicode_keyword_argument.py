# tries: a guard's name as a parameter in letters that only the parser folds
# full: refused
# raw: any
# policy: refused
def f(_ｗrite_, /):
    x = [0]
    x[0] = 1
    return x
print("REACHED", f(lambda o: o))
