# tries: the address of a random generator
# full: raised
# raw: any
# policy: accepted
import numpy as np
print("REACHED", getattr(np.random.default_rng(0), "bit_" + "generator"))
