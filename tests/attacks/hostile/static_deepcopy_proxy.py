# outcome: program_error
import copy, math
m = copy.deepcopy(math)
m.pi = 3
print("ESCAPED")
