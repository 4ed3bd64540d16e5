# tries: a way past the policy: patch math
# full: raised
# raw: any
# policy: accepted
import math
math.dist = lambda a, b: 0.0
print("REACHED", math.dist((0, 0), (3, 4)))
