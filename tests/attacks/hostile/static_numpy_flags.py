# tries: a read-only array made writable
# full: raised
# raw: any
# policy: accepted
import numpy as np
a = np.broadcast_to(np.zeros(1), (3,))
getattr(a, "flags").writeable = True
print("REACHED")
