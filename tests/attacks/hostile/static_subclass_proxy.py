# tries: a class derived from that of modules
# full: raised
# raw: any
# policy: accepted
import math
class M(type(math)):
    pass
print("REACHED")
