# outcome: program_error
import math
math.pi += 1
print("ESCAPED")
