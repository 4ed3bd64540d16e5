# tries: a generator's bits, by a pattern
# full: refused
# raw: any
# policy: refused
import numpy as np
rng = np.random.default_rng(0)
match rng:
    case object(bit_generator=b):
        print("REACHED", b.ctypes)
