# tries: attributes in braces, with format taken from the class
# full: raised
# raw: any
# policy: accepted
def f():
    pass
print("REACHED", list(map(str.format, ["{0.__globals__}"], [f])))
