# tries: a neighbour of the guest's own modules
# full: refused
# raw: any
# policy: refused
from . import runtime
print("REACHED", runtime)
