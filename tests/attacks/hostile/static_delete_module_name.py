# tries: a way past the policy: delete module name
# full: raised
# raw: any
# policy: accepted
import math
del math.pi
print("REACHED")
