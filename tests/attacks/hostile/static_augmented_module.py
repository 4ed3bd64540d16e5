# tries: a module's constant, changed by an augmented assignment
# full: raised
# raw: any
# policy: accepted
import math
math.pi += 1
print("REACHED")
