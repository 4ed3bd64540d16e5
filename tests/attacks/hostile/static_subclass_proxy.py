# outcome: program_error
import math
class M(type(math)):
    pass
print("ESCAPED")
