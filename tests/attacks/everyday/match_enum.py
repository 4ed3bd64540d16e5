from enum import Enum
from dataclasses import dataclass
import math
class Phase(Enum):
    REACH = 1
    GRASP = 2
@dataclass(slots=True)
class Task:
    phase: Phase
    tries: int = 0
def step(task):
    match task:
        case Task(phase=Phase.REACH):
            task.phase = Phase.GRASP
            return "reach"
        case Task(Phase.GRASP, tries) if tries < 1:
            task.tries += 1
            return "grasp"
        case Task(tries=int(n) | float(n)):
            return n
def kind(value):
    match value:
        case math.pi:
            return "pi"
        case -1 | 2.5 | "x" | None | True:
            return "constant"
        case (x, y, *_) | [x, y]:
            return "pair"
        case {}:
            return "map"
        case str() as text:
            return text
t = Task(Phase.REACH)
assert [step(t), step(t), step(t)] == ["reach", "grasp", 1]
assert [kind(math.pi), kind(-1), kind([1, 2]), kind({}), kind("q"), kind(7)] == ["pi", "constant", "pair", "map", "q", None]
