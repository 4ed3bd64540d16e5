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
