# tries: a way past the policy: patch math setattr
# full: raised
# raw: any
# policy: accepted
import math
setattr(math, "dist", lambda a, b: 0.0)
print("REACHED")
