# tries: a class that may not be a base, mixed into an enumeration
# full: raised
# raw: any
# policy: accepted
from enum import Enum
E = Enum("E", "A B", type=type(pick))
print("REACHED", E)
