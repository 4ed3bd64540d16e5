"""Guests and worlds are killed from outside while a run goes on: it goes on, and counts none of it."""

from __future__ import annotations

import time

import pytest

from blazer.core.outcomes import Outcome
from blazer.core.rng import stream
from blazer.eval.leftovers import Watch
from blazer.store.store import Store
from tests.faults.runs import (
    EPISODES,
    GUEST,
    TASK,
    WORLD,
    CollectRun,
    assert_nothing_left,
    assert_promises,
    assert_undecided_is_nowhere_counted,
    kill,
)


def disturb(run: CollectRun, what: str, seed: int, between_s: tuple[float, float]) -> int:
    """Kill one child after the other, drawn at random, until the run ends; how many."""
    rng, killed = stream(seed, "children", what), 0
    run.start()
    run.until_stored(1)
    while run.running():
        found = run.processes(what)
        if found and killed < EPISODES:
            killed += kill(found[int(rng.integers(len(found)))])
        time.sleep(rng.uniform(*between_s))
    return killed


@pytest.mark.parametrize(
    ("what", "between_s"), [(GUEST, (0.05, 0.4)), pytest.param(WORLD, (0.4, 0.8), marks=pytest.mark.slow)]
)
def test_killed_at_random_moments(
    what: str, between_s: tuple[float, float], run: CollectRun, control: CollectRun, watch: Watch
) -> None:
    killed = disturb(run, what, 5, between_s)
    code, _, said = run.end()
    assert killed >= 3
    assert code in (0, 1), said
    assert "Traceback" not in said
    assert_undecided_is_nowhere_counted(run.where, run.folder)
    # What was killed too often in a row is undecided, and tried again by the same command.
    run.finish()
    assert_promises(run, control)
    assert_nothing_left(watch, run)


@pytest.mark.slow
def test_every_guest_at_once_again_and_again(run: CollectRun, control: CollectRun, watch: Watch) -> None:
    """As when the machine runs out of memory and its kernel picks the guests, waiting ones too."""
    run.start()
    for stored in (1, 3, 5, 7):
        run.until_stored(stored)
        for _ in range(2):
            for pid in run.processes(GUEST):
                kill(pid)
            time.sleep(0.05)
    assert run.end()[0] in (0, 1)
    run.finish()
    assert_promises(run, control)
    assert_nothing_left(watch, run)


def test_a_world_that_crashes_on_one_program_costs_that_episode_only(
    run: CollectRun, control: CollectRun, watch: Watch
) -> None:
    run.start(FAULTS_SEGFAULT_SEED="6")
    code, _, said = run.end()
    assert code == 1, said
    assert run.stored() == EPISODES - 1
    with Store.open(run.where, create=False) as store:
        (crashed,) = (trace for trace in store.traces() if trace.outcome is Outcome.INFRA_ERROR)
    assert (crashed.task, crashed.seed) == (TASK, 6)
    assert crashed.execution.fault is not None and "segfault" not in crashed.execution.fault.kind
    assert_undecided_is_nowhere_counted(run.where, run.folder)
    assert_nothing_left(watch, run)
