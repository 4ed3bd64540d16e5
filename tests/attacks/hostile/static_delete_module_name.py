# tries: a name deleted from a module
# full: raised
# raw: any
# policy: accepted
import math
del math.pi
print("REACHED")
