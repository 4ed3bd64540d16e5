# tries: str.format through an alias, which passes look-ups on
# full: raised
# raw: any
# policy: accepted
Alias = type(list[int])
def f():
    pass
print("REACHED", Alias("{0.__globals__}", ()).format(f))
