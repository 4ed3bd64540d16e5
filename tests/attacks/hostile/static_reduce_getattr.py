# outcome: program_error
from functools import partial
def f():
    pass
print("ESCAPED", partial(getattr, f)("__globals__"))
