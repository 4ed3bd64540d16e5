# outcome: program_error
import math
del math.pi
print("ESCAPED")
