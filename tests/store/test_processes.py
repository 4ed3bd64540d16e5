"""Several processes write one store; any of them may be killed at any moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from blazer.core.rng import stream
from blazer.store.store import Store

ROOT = Path(__file__).parents[2]


def _start(url: str, first: int, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.writer", url, str(first), str(count)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_writers_that_overlap_store_everything_once(store_url: str) -> None:
    # None of them finds a store: making it is part of the race. Seeds 20 to 39 belong to two writers.
    writers = [_start(store_url, first, 40) for first in (0, 20, 60)]
    for writer in writers:
        writer.communicate(timeout=120)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    with Store.open(store_url, create=False) as store:
        assert sorted(row.seed for row in store.rows()) == list(range(100))
        assert store.check().ok


@pytest.mark.parametrize("trial", range(3))
def test_a_killed_writer_leaves_whole_traces_only(store_url: str, trial: int) -> None:
    lines = int(stream(trial, "kill").integers(1, 60))
    writer = _start(store_url, 0, 100_000)
    assert writer.stdout is not None
    said = [writer.stdout.readline().strip() for _ in range(lines)]
    writer.kill()
    said += writer.communicate(timeout=60)[0].split()
    with Store.open(store_url, create=False) as store:
        assert store.check().ok
        stored = {row.trace_id for row in store.rows()}
        # A line cut short by the kill names nothing; every whole one was stored before it was said.
        assert {line for line in said if len(line) == 16} <= stored
        assert len(stored) <= len(said) + 1
    again = _start(store_url, 0, len(stored) + 5)
    again.communicate(timeout=120)
    with Store.open(store_url, create=False) as store:
        assert store.count() == len(stored) + 5, "the same work again stores only what was missing"
