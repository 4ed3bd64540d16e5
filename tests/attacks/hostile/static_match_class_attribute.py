# tries: a file function of arrays, read by a pattern
# full: raised
# raw: any
# policy: accepted
import numpy as np
match np.zeros(3):
    case object(tofile=t):
        t("/tmp/x")
        print("REACHED")
