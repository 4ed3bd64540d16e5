# tries: the built-in names, declared global and replaced
# full: refused
# raw: any
# policy: refused
def f():
    global __builtins__
    __builtins__ = {}
f()
print("REACHED")
