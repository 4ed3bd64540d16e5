# outcome: program_error
import math
math.dist = lambda a, b: 0.0
print("ESCAPED", math.dist((0, 0), (3, 4)))
