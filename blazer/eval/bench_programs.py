"""Programs for the sandbox's benchmark: long ones as models write them, and ones that time themselves."""

from __future__ import annotations

import random

LONG_LINES = 300

_IMPORTS = [
    "from __future__ import annotations",
    "import math",
    "import itertools",
    "from collections import Counter, defaultdict",
    "from dataclasses import dataclass, field",
    "import numpy as np",
    "",
]
# Each is a piece of a program, with § for a number of its own.
_PIECES = (
    '''
@dataclass
class Place§:
    """Where something may be put."""

    name: str
    x: float = 0.0
    y: float = 0.0
    z: float = 0.02
    tags: list[str] = field(default_factory=list)

    def distance(self, other: "Place§") -> float:
        """In metres, on the table."""
        return math.hypot(self.x - other.x, self.y - other.y)
''',
    '''
def nearest_§(places, x, y, limit=0.5):
    """The nearest of the places, or None beyond the limit."""
    best, best_distance = None, limit
    for place in places:
        distance = math.sqrt((place["x"] - x) ** 2 + (place["y"] - y) ** 2)
        if distance < best_distance:
            best, best_distance = place, distance
    return best
''',
    """
def grid_§(rows, columns, step=0.06):
    points = []
    for row, column in itertools.product(range(rows), range(columns)):
        x = 0.30 + row * step
        y = -0.15 + column * step
        if abs(x) + abs(y) > 0.8:
            continue
        points.append((round(x, 3), round(y, 3), 0.02))
    return points
""",
    '''
class Plan§:
    """Steps, in order, each with a name."""

    def __init__(self, name):
        self.name = name
        self.steps = []
        self._done = 0

    def add(self, what, *args, **kwargs):
        self.steps.append((what, args, kwargs))
        return self

    @property
    def left(self):
        return len(self.steps) - self._done

    def __repr__(self):
        return f"<{type(self).__name__} {self.name!r} with {self.left} steps left>"
''',
    """
totals_§ = defaultdict(float)
for index, (name, height) in enumerate([("jar", 0.11), ("block", 0.05), ("cup", 0.09)], start=1):
    totals_§[name] += height * index
    if totals_§[name] > 0.2:
        totals_§[name] -= 0.1
print(f"totals: {dict(totals_§)}, tallest {max(totals_§, key=totals_§.get)}")
""",
    '''
def pick_with_retry_§(name, tries=3):
    """Try again a few times; the last error is the caller's."""
    for attempt in range(1, tries + 1):
        try:
            return f"{name} at attempt {attempt}"
        except ValueError as error:
            if attempt == tries:
                raise
            print(f"attempt {attempt} failed: {error}")
    return None
''',
    """
corners_§ = np.array([[0.0, 0.0], [0.1, 0.0], [0.1, 0.2], [0.0, 0.2]])
center_§ = corners_§.mean(axis=0)
angles_§ = np.arctan2(corners_§[:, 1] - center_§[1], corners_§[:, 0] - center_§[0])
order_§ = [int(i) for i in np.argsort(angles_§)]
x_§, y_§ = float(center_§[0]), float(center_§[1])
""",
    """
counts_§ = Counter(word.strip(".,").lower() for word in "Put the red block on the blue block.".split())
common_§ = [word for word, count in counts_§.most_common(3) if count >= 1]
message_§ = "{} of {}: {:.2f}".format(len(common_§), sum(counts_§.values()), len(common_§) / 3)
match len(common_§):
    case 0:
        message_§ = "nothing"
    case 1 | 2:
        message_§ += " few"
    case _:
        message_§ += " some"
""",
)


def long_program(number: int, lines: int = LONG_LINES) -> str:
    """A program of exactly so many lines, unlike the others of this function.

    Args:
        number: Which.
        lines: How long.
    """
    order = random.Random(number)  # noqa: S311  (an order, not a secret)
    text = list(_IMPORTS)
    piece = 0
    while len(text) < lines:
        chosen = order.choice(_PIECES).replace("§", f"{number}_{piece}")
        new = chosen.strip("\n").splitlines()
        piece += 1
        if len(text) + len(new) + 2 > lines:
            text += [f"value_{n} = {order.random():.4f}" for n in range(lines - len(text))]
            break
        text += [*new, "", ""]
    return "\n".join(text) + "\n"


def round_trips(calls: int, skip: int) -> str:
    """A program that times its own skill calls and prints them, in microseconds.

    It runs without the policy: a program's clock is the simulated one with it.

    Args:
        calls: How many are timed.
        skip: How many are made before, and not timed.
    """
    return f"""
from time import perf_counter
times = []
for number in range({calls + skip}):
    began = perf_counter()
    gripper_pose()
    times.append(perf_counter() - began)
for value in times[{skip}:]:
    print(round(value * 1e6, 1))
"""
