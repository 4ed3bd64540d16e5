# tries: attributes after an index in a format string
# full: raised
# raw: any
# policy: accepted
def f():
    pass
print("REACHED", "{0[0].__globals__}".format([f]))
