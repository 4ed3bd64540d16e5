# tries: a name broken by a line continuation
# full: refused
# raw: any
# policy: refused
def f():
    pass
print("REACHED", f.\
__globals__)
