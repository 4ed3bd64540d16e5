# tries: a function of a module, replaced
# full: raised
# raw: any
# policy: accepted
import math
math.dist = lambda a, b: 0.0
print("REACHED", math.dist((0, 0), (3, 4)))
