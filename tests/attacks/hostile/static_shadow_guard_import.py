# tries: a guard's name bound by an import
# full: refused
# raw: any
# policy: refused
from math import sin as _getattr_
print("REACHED")
