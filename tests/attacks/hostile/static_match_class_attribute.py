# outcome: policy_rejected
import numpy as np
match np.zeros(3):
    case object(tofile=t):
        t("/tmp/x")
        print("ESCAPED")
