# tries: the names of a module through vars
# full: raised
# raw: any
# policy: accepted
import math
print("REACHED", vars(math))
