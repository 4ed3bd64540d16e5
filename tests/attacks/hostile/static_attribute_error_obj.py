# tries: a way past the policy: attribute error obj
# full: refused
# raw: any
# policy: refused
import math
try:
    math.nothing
except AttributeError as e:
    print("REACHED", e.obj)
