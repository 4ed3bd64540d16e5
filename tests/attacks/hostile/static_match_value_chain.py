# tries: a way past the policy: match value chain
# full: completed
# raw: any
# policy: accepted
import numpy as np
match 1:
    case np.linalg.norm:
        print("REACHED")
