# outcome: program_error
import math
try:
    math.nothing
except AttributeError as e:
    print("ESCAPED", e.obj)
