"""Every hostile program three ways: all on, the policy off, the policy alone; on every tier there is.

Drop a file into `hostile/` to add one; `README.md` says what its header holds.
"""

from __future__ import annotations

from collections import Counter

import pytest

from tests.attacks.conftest import in_module_loop
from tests.attacks.harness import Range
from tests.attacks.programs import GROUPS, Hostile, load_programs
from tests.sandbox.conftest import not_here

PROGRAMS = load_programs()
each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)


def test_there_are_hostile_programs_of_every_group() -> None:
    counted = Counter(program.group for program in PROGRAMS)
    assert set(counted) == set(GROUPS)
    assert len(PROGRAMS) >= 150
    assert len(PROGRAMS) - counted["static"] >= 70


@in_module_loop
@each_program
async def test_full_stack(program: Hostile, firing_range: Range) -> None:
    assert await firing_range.fire(program, policy=True) == []


@in_module_loop
@each_program
async def test_without_the_policy(program: Hostile, firing_range: Range) -> None:
    isolation = firing_range.sandbox.isolation
    if program.promise and not isolation.promises.get(program.promise):
        why = f"this machine's {isolation.tier} tier does not promise {program.promise}"
        not_here(why, tier=isolation.tier, promises=[program.promise])
    assert await firing_range.fire(program, policy=False) == []


@in_module_loop
@each_program
async def test_policy_alone(program: Hostile, firing_range: Range) -> None:
    assert await firing_range.check(program) == []
