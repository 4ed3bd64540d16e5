# outcome: policy_rejected
import numpy as np
match 1:
    case np.linalg.norm:
        print("ESCAPED")
