# tries: the format method of numpy's texts
# full: raised
# raw: any
# policy: accepted
import numpy as np
def f():
    pass
print("REACHED", np.str_("{0.__globals__}").format(f))
