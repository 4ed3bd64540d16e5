from enum import Enum, IntEnum, auto
class Side(Enum):
    LEFT = "left"
    RIGHT = "right"
    @property
    def sign(self):
        return -1 if self is Side.LEFT else 1
class Phase(IntEnum):
    REACH = auto()
    GRASP = auto()
assert Side("left") is Side.LEFT and Side.RIGHT.sign == 1 and Phase.GRASP > Phase.REACH
assert [s.name for s in Side] == ["LEFT", "RIGHT"]
