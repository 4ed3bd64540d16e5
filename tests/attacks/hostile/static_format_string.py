# tries: attributes in the braces of a format string
# full: raised
# raw: any
# policy: accepted
def f():
    pass
print("REACHED", "{0.__globals__}".format(f))
