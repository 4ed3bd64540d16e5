# tries: attributes of a library class set by the __init__ that dataclass writes
# full: completed
# raw: any
# policy: accepted
import json
from dataclasses import dataclass
def evil(*args, **kwargs):
    print("REACHED")
@dataclass
class Mine:
    encode: object
    default: object = None
class Derived(Mine):
    pass
for way in (Mine.__init__, Derived.__init__, super(Derived, Derived).__init__):
    try:
        way(json.JSONEncoder, evil)
    except TypeError as error:
        print("refused", error)
json.JSONEncoder().encode(1)
print("done")
