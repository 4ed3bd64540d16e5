# tries: a way past the policy: shadow guard import
# full: refused
# raw: any
# policy: refused
from math import sin as _getattr_
print("REACHED")
