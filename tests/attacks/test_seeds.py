"""A program verified on many seeds starts each of them afresh: nothing that it kept is there again."""

from __future__ import annotations

import pytest

from blazer.core.outcomes import Ending, Outcome
from blazer.sandbox.fake import fake_instance
from tests.attacks.conftest import in_module_loop
from tests.attacks.harness import Range

SOLVED = "pick('thing0')\nplace_on('thing0')\n"
KEPT_ON = {
    "a module": "import math as kept",
    "a module of numpy": "import numpy.linalg as kept",
    "an error's class": "kept = SkillError",
    "a built-in error's class": "kept = ValueError",
    "a skill": "kept = pick",
    "print": "kept = print",
    "a built-in class": "kept = dict",
    "a class of the library": "from collections import Counter as kept",
    "a function of the library": "from functools import reduce as kept",
}
KEPT_IN = {
    "globals": "try:\n    kept\nexcept NameError:\n    kept = 0\nkept += 1\nassert kept == 1",
    "a default argument": "def f(x=[]):\n    x.append(1)\n    return len(x)\nassert f() == 1",
    "a class": "class C:\n    n = 0\nC.n += 1\nassert C.n == 1",
    "caches": "import functools\n@functools.cache\ndef f():\n    return []\nf().append(1)\nassert f() == [1]",
    "a constant": "x = (1, 2, [])\nx[2].append(1)\nassert len(x[2]) == 1",
    "an array": "import numpy as np\nx = np.zeros(3)\nx += 1\nassert x.sum() == 3",
    "a template": "import random\nassert random.Random(3).random() == random.Random(3).random()",
    "an exception": "try:\n    1 / 0\nexcept ZeroDivisionError as e:\n    assert len(e.args) == 1",
    "an object of the world": "thing = get_object('thing0')\nassert thing.name == 'thing0'",
}


def _on(how: str) -> str:
    return (
        f"{how}\nif hasattr(kept, 'leaked'):\n    raise RuntimeError('kept from the seed before')\n"
        "try:\n    setattr(kept, 'leaked', True)\nexcept (TypeError, AttributeError):\n    pass\n"
    )


@in_module_loop
@pytest.mark.parametrize("firing_range", ["process"], indirect=True)
@pytest.mark.parametrize("source", [*map(_on, KEPT_ON.values()), *KEPT_IN.values()], ids=[*KEPT_ON, *KEPT_IN])
async def test_nothing_is_kept_from_seed_to_seed(source: str, firing_range: Range) -> None:
    further = [fake_instance(seed) for seed in (1, 2, 3)]
    episode = await firing_range.patient.run(f"{source}\n{SOLVED}", fake_instance(), further)
    assert episode.execution.outcome is Outcome.SUCCESS, episode.execution.fault
    assert episode.execution.fault is None
    assert [seed.outcome for seed in episode.verify_seeds] == [Outcome.SUCCESS] * 3


CHANGED = {
    "print options": (
        "import numpy as np",
        "str(np.array([1.23456789])) + repr(np.arange(2000))",
        "np.set_printoptions(precision=2, threshold=5, formatter={'float': lambda x: 'changed'})",
    ),
    "the error state": (
        "import numpy as np\nseen = []\nnp.array([1.0]) / np.array([0.0])",
        "len(seen)",
        "np.errstate(all='call', call=lambda *a: seen.append(a)).__enter__()",
    ),
    "an error state that raises": (
        "import numpy as np",
        "np.array([1.0]) / 0",
        "np.errstate(all='raise').__enter__()",
    ),
    "the recursion limit": ("import sys", "sys.getrecursionlimit()", "sys.setrecursionlimit(3333)"),
    "the depth": (
        "import sys\ndef deep(n):\n    try:\n        return deep(n + 1)\n    except RecursionError:\n"
        "        return n",
        "deep(0)",
        "sys.setrecursionlimit(200)",
    ),
    "random": (
        "import random",
        "(random.random(), random.Random().random(), random.gauss(0, 1))",
        "random.seed(5)\nrandom.gauss(0, 1)",
    ),
    "numpy's random": (
        "import numpy as np",
        "(np.random.rand(), np.random.normal(), np.random.default_rng().random(),"
        " np.random.default_rng().random())",
        "np.random.seed(7)\nnp.random.normal()\nnp.random.default_rng()",
    ),
    "logging": (
        "import logging",
        "(logging.getLogger().level, logging.getLogger('a').level)",
        "logging.basicConfig(level=10)\nlogging.getLogger('a').setLevel(50)",
    ),
    "decimal": (
        "from decimal import Decimal",
        "(Decimal(1) / 3, Decimal('1.005') * 3)",
        "Decimal(1) / 3\nDecimal('nan') + 1",
    ),
    "the clock": ("import time", "time.time()", "time.sleep(3)"),
    "arguments": ("import sys", "sys.argv", "sys.argv.append('changed')"),
    "a skill error's class": (
        "try:\n    pick('missing')\nexcept SkillError as e:\n    error = e",
        "(error.code, type(error).__name__, str(error), getattr(type(error), 'left', 0), error.skill)",
        "class Mine(SkillError):\n    code = 'mine'\nMine(1)",
    ),
    "cached patterns": (
        "import re\ndone = []\nclass N(int):\n    def __eq__(self, other):\n        if done:\n"
        "            raise ValueError('asked of the seed before')\n        return int(self) == int(other)\n"
        "    def __hash__(self):\n        return int.__hash__(self)",
        "re.compile('ab', N(2)).pattern",
        "re.compile('ab', N(2))\ndone.append(1)",
    ),
    "cached annotations": (
        "from typing import Literal\nhits = []\nclass N(int):\n    def __eq__(self, other):\n"
        "        hits.append(1)\n        return int(self) == int(other)\n    def __hash__(self):\n"
        "        return int.__hash__(self)",
        "(Literal[N(4)], len(hits))",
        "Literal[N(4)]",
    ),
}
"""What a program does first, what it then looks at, and how it changes what it looked at."""
TOLD = (
    "def told():\n    try:\n        return str({look})\n    except Exception as e:\n        return repr(e)\n"
)


@in_module_loop
@pytest.mark.parametrize("firing_range", ["process"], indirect=True)
@pytest.mark.parametrize("name", CHANGED)
async def test_a_further_seed_is_as_in_a_fresh_guest(name: str, firing_range: Range) -> None:
    first, look, change = CHANGED[name]
    # By way of an argument of a skill, what it saw is in the world's digest.
    source = f"{first}\n{TOLD.format(look=look)}pick(told()[:900])\nplace_on('thing0')\n{change}\n"
    seeds = [fake_instance(seed) for seed in (1, 2, 3)]
    together = await firing_range.patient.run(source, fake_instance(), seeds)
    assert together.execution.fault is None
    alone = [await firing_range.patient.run(source, seed) for seed in seeds]
    assert [run.execution.outcome for run in alone] == [Outcome.SUCCESS] * 3
    assert [(seed.outcome, seed.final_digest) for seed in together.verify_seeds] == [
        (run.execution.outcome, run.execution.final_digest) for run in alone
    ]


@in_module_loop
@pytest.mark.parametrize("firing_range", ["process"], indirect=True)
@pytest.mark.parametrize("act", ["pick('late')", "print('late')", "1 / 0", "import time; time.sleep(9)"])
async def test_what_one_seed_left_to_happen_reaches_nothing_of_the_next(
    act: str, firing_range: Range
) -> None:
    # Many objects, so that what the seed before left is collected in the middle of this one.
    source = (
        "many = [[] for _ in range(200000)]\n"
        f"def late():\n    try:\n        yield\n    finally:\n        {act}\n"
        f"{SOLVED}kept = [late()]\nnext(kept[0])\nkept.append(kept)\n"
    )
    seeds = [fake_instance(seed) for seed in (1, 2, 3)]
    together = await firing_range.patient.run(source, fake_instance(), seeds)
    assert together.execution.fault is None
    alone = await firing_range.patient.run(source, fake_instance(1))
    assert [seed.final_digest for seed in together.verify_seeds] == [alone.execution.final_digest] * 3


@in_module_loop
@pytest.mark.parametrize("firing_range", ["process"], indirect=True)
@pytest.mark.parametrize(
    ("last", "ending"),
    [
        ("import os\nos._exit(0)", Ending.EARLY_EXIT),
        ("raise SystemExit(1)", Ending.COMPLETED),
        ("1 / 0", Ending.RAISED),
        ("import ctypes\nctypes.string_at(0)", Ending.CRASHED),
    ],
)
async def test_how_a_program_goes_does_not_undo_what_the_world_shows(
    last: str, ending: Ending, firing_range: Range
) -> None:
    before = await firing_range.patient.run(f"{last}\n{SOLVED}", fake_instance(), policy=False)
    assert before.execution.outcome is not Outcome.SUCCESS
    after = await firing_range.patient.run(f"{SOLVED}{last}", fake_instance(), policy=False)
    assert (after.execution.outcome, after.execution.ending) == (Outcome.SUCCESS, ending)


@in_module_loop
@pytest.mark.parametrize("firing_range", ["process"], indirect=True)
@pytest.mark.parametrize("last", ["while True: pass", "while True: print('x' * 5000)"])
async def test_a_limit_broken_after_the_goal_is_no_success(last: str, firing_range: Range) -> None:
    episode = await firing_range.sandbox.run(f"{SOLVED}{last}", fake_instance())
    assert episode.execution.outcome in (Outcome.TIMEOUT, Outcome.RESOURCE_LIMIT)
