from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto, unique

Color = Enum("Color", ["RED", "GREEN"])
Side = Enum("Side", "LEFT RIGHT")
Size = IntEnum("Size", {"SMALL": 1, "LARGE": 5})


class Check(Flag):
    REACH = auto()
    PATH = auto()
    GRASP = auto()
    ALL = REACH | PATH | GRASP


class Mode(StrEnum):
    FAST = auto()
    SLOW = "slow"


@unique
class Joint(Enum):
    BASE = (1, "base joint")
    ELBOW = (2, "elbow joint")

    def __init__(self, number, text):
        self.number = number
        self.text = text

    def __str__(self):
        return f"{self.number}:{self.text}"


class Priority(IntEnum):
    LOW = 1
    HIGH = 2

    @classmethod
    def _missing_(cls, value):
        return cls.LOW


checks = Check.REACH | Check.GRASP
assert Color.RED.value == 1 and Side["LEFT"] is Side.LEFT and Size.LARGE > Size.SMALL
assert Check.PATH not in checks and checks & Check.ALL == checks and bool(checks & Check.GRASP)
assert f"{Mode.FAST}" == "fast" and Mode("slow") is Mode.SLOW and Mode.FAST == "fast"
assert str(Joint.ELBOW) == "2:elbow joint" and Joint((1, "base joint")) is Joint.BASE
assert Priority(99) is Priority.LOW and isinstance(Color.RED, Enum) and len(Color) == 2
assert isinstance(Priority.LOW, Enum) and issubclass(Mode, Enum) and repr(Color.RED) == "<Color.RED: 1>"
