# tries: code in a forward reference
# full: refused
# raw: any
# policy: refused
from typing import List
r = List["print('REACHED')"]
print(r.__args__[0]._evaluate({}, {}, frozenset()))
