from dataclasses import dataclass, field, asdict, replace
@dataclass
class Step:
    name: str
    height: float = 0.1
    tags: list = field(default_factory=list)
    def __post_init__(self):
        self.height = max(self.height, 0.0)
@dataclass(frozen=True, order=True)
class Point:
    x: float
    y: float = 0.0
a = Step("lift", -1.0)
a.tags.append("up")
assert a.height == 0.0 and asdict(a)["tags"] == ["up"] and replace(Point(1.0), y=2.0) == Point(1.0, 2.0)
try:
    Point(1.0).x = 3
    raise AssertionError
except AttributeError:
    pass
