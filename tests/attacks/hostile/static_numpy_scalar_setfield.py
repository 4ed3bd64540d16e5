# tries: memory written through a scalar's setfield
# full: raised
# raw: any
# policy: accepted
import numpy as np
print("REACHED", getattr(np.float64(1), "set" + "field"))
