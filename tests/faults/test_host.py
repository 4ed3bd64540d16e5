"""The orchestrator is killed or interrupted: the same command finishes the run."""

from __future__ import annotations

import signal
import sqlite3
import time
from contextlib import closing

import pytest

from blazer.core.rng import stream
from blazer.eval.leftovers import Watch
from tests.faults.runs import EPISODES, CollectRun, assert_nothing_left, assert_promises


def test_kill_minus_nine_and_resume(run: CollectRun, control: CollectRun, watch: Watch) -> None:
    rng = stream(3, "host", "kills")
    for stored in (0, 5):
        run.start()
        run.until_stored(stored)
        time.sleep(rng.uniform(0.0, 1.0 if stored == 0 else 0.3))
        run.send(signal.SIGKILL)
        assert run.end()[0] == -signal.SIGKILL
        assert watch.wait(5.0).left.processes == (), "a guest or world outlives its host"
    run.finish()
    assert_promises(run, control)
    assert_nothing_left(watch, run)
    with closing(sqlite3.connect(run.path.with_name("traces.sqlite.state") / "checkpoints.sqlite")) as kept:
        threads = kept.execute("SELECT count(DISTINCT thread_id) FROM checkpoints").fetchone()[0]
    assert threads == 0, "checkpoints of finished episodes are kept for ever"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.slow)]
)
def test_interrupted_it_closes_and_goes_on(
    number: int, code: int, run: CollectRun, control: CollectRun, watch: Watch
) -> None:
    run.start()
    before = run.until_stored(3)
    run.send(number)
    ended, _, said = run.end()
    assert ended == code and "The same command goes on" in said and "Traceback" not in said
    assert 3 <= before <= run.stored() < EPISODES
    assert_nothing_left(watch, run)
    run.finish()
    assert_promises(run, control)
    assert_nothing_left(watch, run)


@pytest.mark.slow
def test_interrupted_twice_it_ends_at_once_and_leaves_nothing(run: CollectRun, watch: Watch) -> None:
    run.start()
    run.until_stored(2)
    run.send(signal.SIGINT)
    time.sleep(0.02)
    run.send(signal.SIGINT)
    assert run.end(20)[0] in (-signal.SIGINT, 130)
    assert watch.wait(5.0).left.nothing
    run.finish()
    assert_promises(run, None)
