# tries: a base that says it is of builtins
# full: raised
# raw: any
# policy: accepted
from collections import namedtuple
P = namedtuple("ndarray", "a", module="builtins")
class Q(P):
    pass
q = Q(1)
q.x = 2
P(1)[0] = 5
print("REACHED", q)
