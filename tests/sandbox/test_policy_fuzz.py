"""Programs that nobody wrote: the policy answers all of them, and what it lets through gets nowhere."""

# The seeds are no secrets.
# ruff: noqa: S311

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.policy_mutations import NAMES, corpus, invent, mutate
from tests.sandbox.policy_oracle import run
from tests.sandbox.policy_properties import wrong_with

SOURCES = corpus()


def examples(count: int) -> settings:
    """How many; each has a limit of its own, in CPU time, so a busy machine fails none."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@examples(150)
@given(st.integers(0, 2**32))
def test_mutated_programs_are_answered(seed: int) -> None:
    assert wrong_with(mutate(random.Random(seed), SOURCES)) == []


@examples(100)
@given(st.integers(0, 2**32))
def test_invented_programs_are_answered(seed: int) -> None:
    assert wrong_with(invent(random.Random(seed))) == []


@examples(150)
@given(
    st.lists(st.one_of(st.sampled_from(NAMES), st.text(max_size=8)), max_size=30),
    st.sampled_from(" .,([{\n=:@"),
)
def test_names_strung_together_are_answered(words: list[str], between: str) -> None:
    assert wrong_with(between.join(words)) == []


@examples(30)
@given(st.integers(0, 2**32))
def test_what_is_accepted_gets_nowhere(seed: int) -> None:
    rng = random.Random(seed)
    assert run(rng.choice((invent, lambda r: mutate(r, SOURCES)))(rng)) == []


@pytest.mark.parametrize(
    "source",
    [
        "import math\nx = math",
        "x = [print]",
        "class C:\n    def __init__(self):\n        self.x = (1, {2: type(self)})\nx = C()",
    ],
)
def test_the_oracle_is_quiet_about_everyday_programs(source: str) -> None:
    assert run(source) == []


def test_the_oracle_sees_what_it_should(monkeypatch: pytest.MonkeyPatch) -> None:
    from blazer.sandbox.guest import policy_rules, runtime  # noqa: PLC0415

    widened = policy_rules.READABLE_MAGIC | {"__code__"}
    monkeypatch.setattr(policy_rules, "READABLE_MAGIC", widened)
    monkeypatch.setattr(runtime, "_NEVER", ())  # it is held back twice
    assert run("def f(): pass\nx = [f.__code__]") == [
        "function.__code__ is a code",
        "the name x holds a code",
    ]


_FOREIGN_INIT = """
import json
from dataclasses import dataclass
@dataclass
class Mine:
    encode: object
Mine.__init__(json.JSONEncoder, 1)
"""


def test_the_oracle_sees_a_changed_library(monkeypatch: pytest.MonkeyPatch) -> None:
    from blazer.sandbox.guest import runtime  # noqa: PLC0415

    assert run(_FOREIGN_INIT) == []
    monkeypatch.setattr(runtime, "_method_of", lambda owner, function: function)
    assert run(_FOREIGN_INIT) == ["json.JSONEncoder.encode was changed"]


_REAL_DICT = """
import numpy as np
class Mine:
    pass
mine = Mine()
found = getattr(mine, "__dict__")
said = {"shape": (1,), "typestr": "<i8", "data": (id(Mine), False), "version": 3}
dict.__setitem__(found, "__array_" + "interface__", said)
array = np.asarray(mine)
"""


def test_the_oracle_sees_real_dicts_and_foreign_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    from blazer.sandbox.guest import runtime  # noqa: PLC0415

    assert run(_REAL_DICT) == []
    real = {**runtime._SPECIAL, "__dict__": lambda guards, ob: ob.__dict__}
    monkeypatch.setattr(runtime, "_SPECIAL", real)
    assert run(_REAL_DICT) == [
        "Mine.__dict__ is the very dict behind the object",
        "the name array holds an array over the memory of a Mine",
        "the name found holds the very dict behind a Mine",
    ]
