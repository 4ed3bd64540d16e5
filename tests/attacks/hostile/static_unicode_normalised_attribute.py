# tries: an attribute in letters that only the parser folds
# full: refused
# raw: any
# policy: refused
def f():
    pass
print("REACHED", f.__ｇlobals__)
