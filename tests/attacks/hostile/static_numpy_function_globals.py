# tries: the module behind a numpy function written in Python
# full: raised
# raw: any
# policy: accepted
import numpy as np
print("REACHED", getattr(np.mean, "__wrap" + "ped__"))
