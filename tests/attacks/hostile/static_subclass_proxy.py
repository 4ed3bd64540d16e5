# tries: a way past the policy: subclass proxy
# full: raised
# raw: any
# policy: accepted
import math
class M(type(math)):
    pass
print("REACHED")
