from dataclasses import KW_ONLY, InitVar, asdict, astuple, dataclass, field, fields, replace
from typing import ClassVar


@dataclass(order=True, slots=True)
class Candidate:
    score: float
    name: str = field(compare=False)
    tags: set[str] = field(default_factory=set, compare=False, repr=False)


@dataclass(frozen=True)
class Pose:
    GRAVITY: ClassVar[float] = 9.81
    x: float
    y: float
    _: KW_ONLY
    yaw: float = 0.0

    def moved(self, dx=0.0, dy=0.0):
        return replace(self, x=self.x + dx, y=self.y + dy)


@dataclass
class Scaled:
    value: float
    scale: InitVar[float] = 2.0
    total: float = field(init=False)

    def __post_init__(self, scale):
        self.total = self.value * scale


items = sorted([Candidate(0.5, "b"), Candidate(0.2, "a"), Candidate(0.9, "c", {"big"})])
assert [c.name for c in items] == ["a", "b", "c"] and max(items).tags == {"big"}
p = Pose(1.0, 2.0, yaw=0.5).moved(dx=1)
assert p == Pose(2.0, 2.0, yaw=0.5) and hash(p) == hash(Pose(2.0, 2.0, yaw=0.5))
assert asdict(p) == {"x": 2.0, "y": 2.0, "yaw": 0.5} and astuple(p) == (2.0, 2.0, 0.5)
assert [f.name for f in fields(Pose)] == ["x", "y", "yaw"] and Pose.GRAVITY > 9
assert Scaled(3.0).total == 6.0 and repr(Candidate(1.0, "z")) == "Candidate(score=1.0, name='z')"
