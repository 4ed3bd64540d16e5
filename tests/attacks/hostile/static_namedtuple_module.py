# tries: a class of the library, marked as the program's own
# full: refused
# raw: any
# policy: refused
from collections import namedtuple
P = namedtuple("P", "x", module="builtins")
P.__new__.__globals__
print("REACHED")
