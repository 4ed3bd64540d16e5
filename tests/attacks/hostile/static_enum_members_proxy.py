# tries: the real dict behind a mapping proxy, handed to a comparison
# full: completed
# raw: any
# policy: accepted
from enum import Enum
class Side(Enum):
    LEFT = 1
class Spy:
    def __eq__(self, other):
        other["RIGHT"] = Side.LEFT
        return True
Side.__members__ == Spy()
if "RIGHT" in Side.__members__:
    print("REACHED")
raise SystemExit
