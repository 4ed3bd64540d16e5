# tries: a function made of code, by the type of a function
# full: raised
# raw: any
# policy: accepted
F = type(lambda: 0)
def f():
    pass
print("REACHED", F(getattr(f, "__co" + "de__"), {}))
