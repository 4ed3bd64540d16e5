# tries: a function's globals, read by a partial of getattr
# full: raised
# raw: any
# policy: accepted
from functools import partial
def f():
    pass
print("REACHED", partial(getattr, f)("__globals__"))
