# tries: special attributes read by a pattern, named by an enumeration
# full: raised
# raw: any
# policy: accepted
from enum import Enum
E = Enum("E", {"__match_args__": ("__reduce_ex__",), "A": 1})
match E.A:
    case E(reduce):
        print("REACHED", reduce(2))
