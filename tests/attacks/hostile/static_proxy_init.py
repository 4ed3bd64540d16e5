# tries: a module changed by calling its __init__ again
# full: raised
# raw: any
# policy: accepted
import math
math.__init__("math", {"dist": lambda a, b: 0.0})
print("REACHED", math.dist((0, 0), (3, 4)))
