# tries: a function's code in an f-string
# full: refused
# raw: any
# policy: refused
def f():
    pass
print(f"REACHED {f.__code__}")
