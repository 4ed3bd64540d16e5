import enum
import json
from collections import Counter, UserDict, namedtuple
from dataclasses import dataclass, field, fields
from types import SimpleNamespace


class Course(enum.Enum):
    def __new__(cls, value, title):
        made = object.__new__(cls)
        made._value_ = value
        made.title = title
        return made

    FIRST = (1, "soup")


class Point(namedtuple("Point", "x y")):
    def __new__(cls, x):
        return super().__new__(cls, x, 2)


@dataclass
class Base:
    name: str
    parts: list = field(default_factory=list)


@dataclass
class Longer(Base):
    size: int = 4

    def __init__(self, name, size):
        Base.__init__(self, name)
        self.size = size


class Kept(SimpleNamespace):
    def __init__(self, **values):
        super().__init__(**values)
        self.seen = True


class Encoder(json.JSONEncoder):
    def default(self, ob):
        return ob.name if isinstance(ob, Base) else json.JSONEncoder.default(self, ob)


class Settings(UserDict):
    def __init__(self):
        UserDict.__init__(self, {"a": 1})


assert Course.FIRST.title == "soup" and Course(1) is Course.FIRST and Point(1) == (1, 2)
longer = Longer("lid", 9)
assert longer.parts == [] and [each.name for each in fields(longer)] == ["name", "parts", "size"]
assert Base.__repr__(longer) == "Longer(name='lid', parts=[])"
assert Kept(a=1).seen and json.dumps([longer], cls=Encoder) == '["lid"]'
assert Settings()["a"] == 1 and Counter.most_common(Counter("aab"), 1) == [("a", 2)]
print(longer)
