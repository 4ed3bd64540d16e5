# tries: an enumeration's own tables, by a pattern, which reads without the guard of look-ups
# full: raised
# raw: any
# policy: accepted
from enum import Enum
class E(Enum):
    A = 1
match E.A:
    case E(_member_map_=table):
        table["B"] = 2
        print("REACHED", table)
