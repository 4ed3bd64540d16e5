# tries: a way past the policy: numpy load
# full: refused
# raw: any
# policy: refused
from numpy import load
print("REACHED", load)
