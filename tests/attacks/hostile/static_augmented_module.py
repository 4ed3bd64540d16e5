# tries: a way past the policy: augmented module
# full: raised
# raw: any
# policy: accepted
import math
math.pi += 1
print("REACHED")
