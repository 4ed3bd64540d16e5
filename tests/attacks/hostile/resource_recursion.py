# tries: endless recursion
# full: raised
# raw: raised
# policy: accepted
def f():
    return f()
f()
