# tries: files read by numpy
# full: refused
# raw: any
# policy: refused
from numpy import load
print("REACHED", load)
