# tries: a way past the policy: format via class
# full: raised
# raw: any
# policy: accepted
def f():
    pass
print("REACHED", list(map(str.format, ["{0.__globals__}"], [f])))
