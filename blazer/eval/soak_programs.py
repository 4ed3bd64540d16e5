"""The programs of a soak: mostly ordinary ones, each kind of bad one among them, every ending known before.

Each prints a number of its own, so that output that went to the wrong run is seen. The mix is the same
in every hundred; only the order differs, by a seed.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import NamedTuple

from blazer.core.outcomes import Ending
from blazer.sandbox.limits import Limits

SOAK_LIMITS = Limits(
    wall_s=3.0,
    memory_mb=160,
    output_kb=16,
    output_stop_kb=256,
    skill_calls=12,
    simulated_s=60.0,
)
"""Short, so that what is stopped at a limit does not take up the run; the time is long enough for a busy
machine to import numpy in."""

_FORGED = b'{"t":"call","id":9,"skill":"pick","args":{"name":"x"},"line":1}\n'


def _pipes(line: bytes) -> str:
    """A program that writes a line into every pipe it finds."""
    return f"""
import os
for fd in range(3, 64):
    try:
        os.write(fd, {line!r})
    except OSError:
        pass
"""


class SoakKind(NamedTuple):
    """One kind of program.

    Attributes:
        name: Short and unique.
        share: How many of every hundred.
        source: With `{RUN}` where the run's own number goes.
        endings: How it may end; more than one only where the program does not decide it.
        policy: False where it is about the tier alone.
        speaks: Whether its number must be in its output.
    """

    name: str
    share: int
    source: str
    endings: tuple[Ending, ...]
    policy: bool = True
    speaks: bool = True


_SAY = "print('run-{RUN}')\n"
_ORDINARY = """
from dataclasses import dataclass
import math
@dataclass
class Step:
    height: float
    angle: float
steps = [Step(0.1 * n, math.sin(n)) for n in range(50)]
best = max(steps, key=lambda step: step.angle)
words = {f"{step.height:.2f}": step.angle for step in steps if step.angle > 0}
print('run-{RUN}', best.height, len(words))
"""
_SKILLS = """
thing = get_object('thing0')
x, y, z = thing.position
pick('run-{RUN}')
place_at((x, y + 0.1, z))
print('run-{RUN}', gripper_pose().holding)
"""

KINDS: tuple[SoakKind, ...] = (
    SoakKind("ordinary", 43, _ORDINARY, (Ending.COMPLETED,)),
    SoakKind("skills", 14, _SKILLS, (Ending.COMPLETED,)),
    SoakKind("numpy", 4, _SAY + "import numpy as np\nprint(np.ones(100).sum())", (Ending.COMPLETED,)),
    SoakKind("raises", 7, _SAY + "x = [1, 2]\nx[5]", (Ending.RAISED,)),
    SoakKind("skill_fails", 4, _SAY + "pick('missing')", (Ending.RAISED,)),
    SoakKind("refused", 6, "import os\nprint('run-{RUN}')", (Ending.REFUSED,), speaks=False),
    SoakKind("no_python", 3, "print('run-{RUN}'\nx = = 1", (Ending.REFUSED,), speaks=False),
    SoakKind("loop", 1, _SAY + "while True:\n    pass", (Ending.TIME_OUT,)),
    SoakKind(
        "memory_bomb",
        3,
        _SAY + "x, n = [], 10**6\nwhile True:\n    x.append(bytearray(n))\n    n *= 4",
        (Ending.OUT_OF_MEMORY,),
    ),
    SoakKind("flood", 4, _SAY + "while True:\n    print('x' * 4000)", (Ending.OUTPUT_FLOOD,)),
    SoakKind("calls", 3, _SAY + "while True:\n    gripper_pose()", (Ending.CALL_BUDGET,)),
    SoakKind("early_exit", 3, _SAY + "import os\nos._exit(0)", (Ending.EARLY_EXIT,), policy=False),
    SoakKind("crash", 2, _SAY + "import ctypes\nctypes.string_at(0)", (Ending.CRASHED,), policy=False),
    SoakKind(
        "raw_flood",
        1,
        _SAY + "import os\nwhile True:\n    os.write(1, b'x' * 65536)",
        (Ending.TIME_OUT, Ending.OUTPUT_FLOOD),
        policy=False,
    ),
    SoakKind("forged_call", 1, _SAY + _pipes(_FORGED), (Ending.PROTOCOL_ERROR,), policy=False),
    SoakKind("garbage", 1, _SAY + _pipes(b"[[[\xff\n"), (Ending.PROTOCOL_ERROR,), policy=False),
)
"""The shares add up to a hundred."""


class SoakProgram(NamedTuple):
    """One program of a run."""

    number: int
    kind: SoakKind
    token: str
    source: str


def soak_programs(count: int, seed: int) -> Iterator[SoakProgram]:
    """`count` programs; every hundred of them hold each kind by its share."""
    order = random.Random(seed)  # noqa: S311  (an order, not a secret)
    hundred = [kind for kind in KINDS for _ in range(kind.share)]
    for number in range(count):
        if number % len(hundred) == 0:
            order.shuffle(hundred)
        token = f"{order.getrandbits(64):016x}"
        kind = hundred[number % len(hundred)]
        yield SoakProgram(number, kind, token, kind.source.replace("{RUN}", token))
