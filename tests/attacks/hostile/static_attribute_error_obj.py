# tries: the object that an AttributeError remembers
# full: refused
# raw: any
# policy: refused
import math
try:
    math.nothing
except AttributeError as e:
    print("REACHED", e.obj)
