# tries: a function's closure, read in a decorator
# full: raised
# raw: any
# policy: accepted
@lambda f: getattr(f, "__cl" + "osure__")
def f():
    pass
print("REACHED", f)
