# tries: a module copied, then changed
# full: raised
# raw: any
# policy: accepted
import copy, math
m = copy.deepcopy(math)
m.pi = 3
print("REACHED")
