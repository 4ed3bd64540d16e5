# tries: a way past the policy: reduce getattr
# full: raised
# raw: any
# policy: accepted
from functools import partial
def f():
    pass
print("REACHED", partial(getattr, f)("__globals__"))
