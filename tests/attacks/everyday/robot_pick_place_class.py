"""Pick the nearest object and put it down to the left."""
from dataclasses import dataclass, field
from typing import List, Optional, Tuple

APPROACH_HEIGHT = 0.12
Position = Tuple[float, float, float]


@dataclass
class Attempt:
    name: str
    ok: bool = False
    reason: Optional[str] = None


@dataclass
class PickAndPlace:
    offset: Position = (0.0, 0.1, 0.0)
    attempts: List[Attempt] = field(default_factory=list)

    def nearest(self):
        objects = get_objects(kind="thing")
        if not objects:
            raise RuntimeError("nothing on the table")
        return min(objects, key=lambda o: o.position[0] ** 2 + o.position[1] ** 2)

    def run(self) -> bool:
        target = self.nearest()
        attempt = Attempt(target.name)
        self.attempts.append(attempt)
        try:
            pick(target.name)
            x, y, z = target.position
            dx, dy, dz = self.offset
            place_at((x + dx, y + dy, z + dz))
            attempt.ok = True
        except SkillError as err:
            attempt.reason = f"{type(err).__name__}: {err}"
        return attempt.ok

    @property
    def success_rate(self) -> float:
        return sum(a.ok for a in self.attempts) / len(self.attempts) if self.attempts else 0.0


task = PickAndPlace()
assert task.run() is True
assert task.success_rate == 1.0 and len(task.attempts) == 1
print(f"{task.attempts[0]!r} -> {task.success_rate:.0%}")
