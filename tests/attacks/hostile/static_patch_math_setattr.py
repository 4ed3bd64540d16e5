# outcome: program_error
import math
setattr(math, "dist", lambda a, b: 0.0)
print("ESCAPED")
