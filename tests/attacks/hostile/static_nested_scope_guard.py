# tries: a guard's name as the name of a function
# full: refused
# raw: any
# policy: refused
def _write_attribute_(ob):
    return ob
import math
math.pi = 3
print("REACHED")
