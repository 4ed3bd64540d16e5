# tries: attributes through a format string that is an argument of another
# full: raised
# raw: any
# policy: accepted
def f():
    pass
print("REACHED", "{0:{1.__globals__}}".format(1, f))
