# tries: a function of a module, replaced by setattr
# full: raised
# raw: any
# policy: accepted
import math
setattr(math, "dist", lambda a, b: 0.0)
print("REACHED")
