"""Pieces of programs as language models write them, from which whole programs are put together.

Written by hand, each to use some part of Python that models use for robots; not taken from the policy's own
list of what it allows. `§` stands for a number of its own, `~` for a number drawn.
"""

from __future__ import annotations

IMPORTS = (
    "import math",
    "import numpy as np",
    "import random, time",
    "from typing import Any, Dict, List, Optional, Tuple, Union",
    "from dataclasses import dataclass, field",
    "from collections import defaultdict, deque, Counter",
    "import itertools\nimport functools",
    "from enum import Enum",
    "import json\nimport re",
    "from contextlib import contextmanager",
    "from abc import ABC, abstractmethod",
    "import heapq",
    "import copy",
)

PIECES = (
    """
def approach_§(obj, height=0.0~):
    x, y, z = obj.position
    return (x, y, z + height)
""",
    """
def safe_pick_§(name: str, attempts: int = ~) -> bool:
    for attempt in range(attempts):
        try:
            pick(name)
            return True
        except GraspMissed:
            print(f"attempt {attempt + 1} missed {name}")
        except (Unreachable, PathBlocked) as error:
            print("cannot reach:", error)
            break
    return False
""",
    """
objects_§ = get_objects()
by_kind_§ = {}
for obj in objects_§:
    by_kind_§.setdefault(obj.kind, []).append(obj)
for kind, members in sorted(by_kind_§.items()):
    print(f"{kind:<12}{len(members):>3}")
""",
    """
nearest_§ = min(get_objects(), key=lambda o: math.hypot(o.position[0] - 0.~, o.position[1]), default=None)
if nearest_§ is not None:
    print("nearest:", nearest_§.name)
""",
    """
@dataclass
class Grasp§:
    position: Tuple[float, float, float]
    yaw: float = 0.0
    score: float = field(default=0.~, compare=False)

    @property
    def above(self) -> Tuple[float, float, float]:
        x, y, z = self.position
        return x, y, z + 0.1

    def __lt__(self, other: "Grasp§") -> bool:
        return self.score < other.score
""",
    """
class Stack§:
    def __init__(self, base, limit=~):
        self.base = base
        self.limit = limit
        self._items = []
        self.__height = 0.0

    def push(self, name, height):
        if len(self._items) >= self.limit:
            raise ValueError(f"stack on {self.base} is full")
        self._items.append(name)
        self.__height += height
        return self

    @property
    def height(self):
        return self.__height

    def __len__(self):
        return len(self._items)

    def __repr__(self):
        return f"{self.__class__.__name__}({self.base!r}, {self._items})"
""",
    """
class Phase§(Enum):
    REACH = "reach"
    GRASP = "grasp"
    LIFT = "lift"

    def next(self):
        members = list(type(self))
        index = members.index(self) + 1
        return members[index] if index < len(members) else None
""",
    """
phase_§ = "search"
steps_§ = 0
while phase_§ != "done" and steps_§ < ~:
    steps_§ += 1
    match phase_§:
        case "search":
            phase_§ = "move" if get_objects() else "done"
        case "move" | "lift":
            phase_§ = "done"
        case other:
            raise RuntimeError(f"unknown phase {other}")
""",
    """
def waypoints_§(start, goal, n=~):
    for i in range(n + 1):
        t = i / n
        yield tuple(a + (b - a) * t for a, b in zip(start, goal))


path_§ = list(waypoints_§((0.3, 0.0, 0.2), (0.4, 0.1, 0.3)))
print(path_§[0], path_§[-1], sep=" -> ")
""",
    """
start_§ = np.array([0.3, 0.0, 0.2])
goal_§ = start_§ + np.array([0.0, 0.1, 0.0~])
for t_§ in np.linspace(0, 1, num=~):
    point_§ = (1 - t_§) * start_§ + t_§ * goal_§
    if not is_reachable(point_§.tolist()):
        break
else:
    print("path is clear", np.round(point_§, 3))
""",
    """
R_§ = np.array([[np.cos(0.~), -np.sin(0.~)], [np.sin(0.~), np.cos(0.~)]])
offset_§ = R_§ @ np.array([0.05, 0.0])
offset_§[0] += 0.01
offset_§ *= 2
assert offset_§.shape == (2,)
""",
    """
def retry_§(times):
    def decorator(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            error = None
            for _ in range(times):
                try:
                    return function(*args, **kwargs)
                except SkillError as e:
                    error = e
            raise error

        return wrapper

    return decorator


@retry_§(~)
def lift_§(name, height=0.1):
    pose = gripper_pose()
    x, y, z = pose.position
    move_gripper((x, y, z + height))
    return name
""",
    """
counter_§ = 0


def count_§(step=1):
    global counter_§
    counter_§ += step
    return counter_§


def make_counter_§():
    total = 0

    def add(value):
        nonlocal total
        total += value
        return total

    return add
""",
    """
grid_§ = [[round(0.3 + 0.05 * i, 2) for i in range(~)] for _ in range(3)]
grid_§[0][0] *= 2
flat_§ = [cell for row in grid_§ for cell in row if cell > 0.31]
columns_§ = list(zip(*grid_§))
lookup_§ = {(i, j): cell for i, row in enumerate(grid_§) for j, cell in enumerate(row)}
lookup_§[0, 0] += 1
""",
    """
config_§ = {"height": 0.~, "speed": 1.0, "names": ["jar", "lid"]}
config_§["height"] += 0.05
config_§["names"].append("cup")
config_§.update(speed=config_§.get("speed", 1.0) / 2)
text_§ = json.dumps(config_§, sort_keys=True)
assert json.loads(text_§) == config_§
""",
    r"""
names_§ = ["block0", "block12", "jar3"]
numbers_§ = [int(m.group(1)) for m in (re.search(r"(\d+)$", n) for n in names_§) if m]
kinds_§ = sorted({re.sub(r"\d+", "", n) for n in names_§})
print(numbers_§, kinds_§)
""",
    """
@contextmanager
def held_§(name):
    print("picking", name)
    try:
        yield name
    except SkillError as error:
        print(f"{type(error).__name__}: {error}")
    finally:
        open_gripper()
""",
    """
class Skill§(ABC):
    retries: int = ~

    @abstractmethod
    def run(self, target: str) -> bool: ...

    def __call__(self, *targets: str) -> int:
        return sum(bool(self.run(t)) for t in targets)


class Touch§(Skill§):
    def run(self, target: str) -> bool:
        obj = get_object(target)
        return is_reachable(obj.position)
""",
    """
queue_§ = deque([(0, "a")], maxlen=~0)
seen_§ = {"a"}
edges_§ = {"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}
while queue_§:
    depth_§, node_§ = queue_§.popleft()
    for next_§ in edges_§[node_§]:
        if next_§ not in seen_§:
            seen_§.add(next_§)
            queue_§.append((depth_§ + 1, next_§))
assert seen_§ == set(edges_§)
""",
    """
heap_§ = []
for priority, name in ((~, "lid"), (1, "jar"), (2, "cup")):
    heapq.heappush(heap_§, (priority, name))
order_§ = [heapq.heappop(heap_§)[1] for _ in range(len(heap_§))]
""",
    """
best_§, best_cost_§ = None, float("inf")
for dx, dy in itertools.product((-0.02, 0, 0.02), repeat=2):
    position = (0.4 + dx, 0.1 + dy, 0.1)
    if not is_collision_free(position):
        continue
    cost = dx ** 2 + dy ** 2 if dx or dy else 1.0
    if cost < best_cost_§:
        best_§, best_cost_§ = position, cost
""",
    """
report_§ = "\\n".join(
    "{:<10} {:6.3f} {:6.3f}".format(o.name, *o.position[:2])
    for o in sorted(get_objects(), key=lambda t: t.name)
)
print(report_§ or "nothing", "%d things" % len(report_§.splitlines()))
""",
    """
history_§ = []


def log_§(*parts, level="info", **fields):
    history_§.append((level, " ".join(map(str, parts)), fields))
    if level != "debug":
        print(f"[{level.upper()}]", *parts, *(f"{k}={v!r}" for k, v in fields.items()))


log_§("start", step=~)
log_§("details", level="debug")
""",
    """
try:
    target_§ = get_object("thing~")
except SkillError:
    target_§ = None
finally:
    checked_§ = True
if target_§ is not None and (size := max(target_§.position)) > 0.1:
    print(f"{size=:.2f}")
""",
    """
random.seed(~)
samples_§ = [random.uniform(-0.1, 0.1) for _ in range(~)]
mean_§ = sum(samples_§) / len(samples_§)
deviation_§ = math.sqrt(sum((s - mean_§) ** 2 for s in samples_§) / len(samples_§))
print(f"{mean_§:+.4f} +/- {deviation_§:.4f}")
time.sleep(0.~)
""",
    """
class Vec§:
    __slots__ = ("x", "y")

    def __init__(self, x=0.0, y=0.0):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vec§(self.x + other.x, self.y + other.y)

    def __mul__(self, k):
        return Vec§(self.x * k, self.y * k)

    __rmul__ = __mul__

    def __eq__(self, other):
        return isinstance(other, Vec§) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __iter__(self):
        return iter((self.x, self.y))


assert 2 * Vec§(1, ~) + Vec§() == Vec§(2, 2 * ~)
""",
    """
@functools.lru_cache(maxsize=None)
def ways_§(n):
    return 1 if n < 2 else ways_§(n - 1) + ways_§(n - 2)


totals_§ = list(itertools.accumulate(ways_§(i) for i in range(~)))
""",
    """
def describe_§(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(describe_§(v) for v in value) + "]"
    if isinstance(value, dict):
        return "; ".join(f"{k}: {describe_§(v)}" for k, v in value.items())
    return value.name if hasattr(value, "name") else str(value)


print(describe_§({"a": [1, None, 2.5], "n": ~}))
""",
    """
class PlanError§(Exception):
    def __init__(self, step, reason="unknown"):
        super().__init__(f"step {step}: {reason}")
        self.step = step


def check_§(steps: List[str]) -> Optional[int]:
    try:
        for i, step in enumerate(steps):
            if not step:
                raise PlanError§(i, reason="empty")
    except PlanError§ as error:
        return error.step
    return None


assert check_§(["pick", "", "place"]) == 1
""",
    """
state_§ = copy.deepcopy({"held": None, "done": [], "left": list(range(~))})
while state_§["left"]:
    state_§["held"] = state_§["left"].pop(0)
    state_§["done"] += [state_§["held"]]
    if len(state_§["done"]) > 3:
        break
else:
    state_§["held"] = None
""",
    """
counts_§ = Counter(o.color for o in get_objects() if o.color)
groups_§ = defaultdict(list)
for o in get_objects():
    groups_§[o.color or "none"].append(o.name)
most_§, *_ = counts_§.most_common(1) or [("none", 0)]
""",
    """
if __name__ == "__main__":
    thing_§ = get_objects()[0]
    pick(thing_§.name)
    x, y, z = thing_§.position
    place_at((x, y + 0.0~, z), yaw=thing_§.yaw)
""",
    """
def main_§() -> None:
    things: List[Any] = get_objects()
    done: Dict[str, bool] = {}
    for index, thing in enumerate(things, start=1):
        done[thing.name] = index % 2 == 0 or len(things) < ~
    print(all(done.values()), any(done.values()), sum(done.values()))


main_§()
""",
    """
pairs_§ = sorted(zip(["b", "a", "c"], [~, 1, 2]), key=lambda pair: (-pair[1], pair[0]))
(first_§, value_§), *others_§ = pairs_§
middle_§ = pairs_§[len(pairs_§) // 2]
reversed_§ = pairs_§[::-1]
del pairs_§[0]
a_§, b_§ = divmod(~7, 3)
a_§, b_§ = b_§, a_§
""",
    """
LIMITS_§ = {"x": (0.1, 0.8), "y": (-0.5, 0.5), "z": (0.0, 0.6)}


def clamp_§(position):
    return tuple(max(lo, min(hi, v)) for v, (lo, hi) in zip(position, LIMITS_§.values()))


assert clamp_§((9, 0.~, -1)) == (0.8, 0.~, 0.0)
""",
    """
# Wait until the gripper is where it should be, at most a few polls.
target_§ = (0.3, 0.0, 0.3)
for poll_§ in range(~):
    here_§ = gripper_pose().position
    if math.dist(here_§, target_§) < 0.02: break
    time.sleep(.1)
else:
    print('gave up')
""",
)
