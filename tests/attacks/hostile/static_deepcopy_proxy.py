# tries: a way past the policy: deepcopy proxy
# full: raised
# raw: any
# policy: accepted
import copy, math
m = copy.deepcopy(math)
m.pi = 3
print("REACHED")
