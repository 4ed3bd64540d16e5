# tries: ndarray.tofile, carried out of its class by staticmethod
# full: raised
# raw: any
# policy: accepted
import numpy as np
staticmethod(np.ndarray).tofile(np.zeros(3), "/tmp/x")
print("REACHED")
