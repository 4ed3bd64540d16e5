# tries: attributes of arrays, read by a pattern of object
# full: raised
# raw: any
# policy: accepted
import numpy as np
match np.zeros(3):
    case object(data=d):
        print("REACHED", d)
