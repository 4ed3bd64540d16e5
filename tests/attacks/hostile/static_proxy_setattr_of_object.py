# tries: a module changed by object's own setter
# full: raised
# raw: any
# policy: accepted
import math
object.__setattr__(math, "_values", {"dist": lambda a, b: 0.0})
print("REACHED", math.dist((0, 0), (3, 4)))
