# tries: a module of numpy that programs do not have, named by a pattern
# full: refused
# raw: any
# policy: refused
import numpy as np
match 1:
    case np.ctypeslib.ctypes:
        pass
    case _:
        print("REACHED")
