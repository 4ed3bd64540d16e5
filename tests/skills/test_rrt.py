"""Searches are reproducible, end by count, say nothing and keep no memory."""

from __future__ import annotations

import gc
import resource
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from blazer.skills import rrt

Array = NDArray[np.float64]
LOWER, UPPER = -2.8 * np.ones(7), 2.8 * np.ones(7)
START, GOAL = np.array([-1.0, 0, 0, 0, 0, 0, 0]), np.array([1.0, 0, 0, 0, 0, 0, 0])


def around(q: Array) -> bool:
    """Free but for a wall with a way around it."""
    return not ((np.abs(q[:, 0]) < 0.3) & (q[:, 1] > -1.0)).any()


def closed(q: Array) -> bool:
    """Free but for a wall without one."""
    return not (np.abs(q[:, 0]) < 0.3).any()


def search(free: rrt.Free, seed: int = 1, max_iterations: int = 1000) -> Array | None:
    return rrt.search(
        START,
        GOAL[None],
        LOWER,
        UPPER,
        free,
        resolution_rad=0.05,
        max_iterations=max_iterations,
        seed=seed,
    )


def test_a_way_around_is_free_to_within_the_promised_resolution() -> None:
    def deep(q: Array) -> bool:
        return ((np.abs(q[:, 0]) < 0.25) & (q[:, 1] > -0.95)).any()

    for seed in range(20):
        path = search(around, seed)
        assert path is not None
        np.testing.assert_array_equal(path[[0, -1]], [START, GOAL])
        assert ((path >= LOWER) & (path <= UPPER)).all()
        assert not any(deep(rrt.segment(a, b, 0.003)) for a, b in pairwise(path))


def test_the_same_seed_gives_the_same_path_whatever_was_searched_before() -> None:
    first = search(around, 7)
    for other in (1, 2, 3):
        search(around, other)
    search(closed, 4, 50)
    again = search(around, 7)
    assert first is not None
    assert again is not None
    assert first.tobytes() == again.tobytes()


def test_different_seeds_differ() -> None:
    paths = {path.tobytes() for seed in range(5) if (path := search(around, seed)) is not None}
    assert len(paths) > 1


def test_hopeless_searches_end_by_count_not_by_the_clock() -> None:
    checks = []

    for delay_s in (0.0, 0.0005):
        count = 0

        def slow(q: Array, delay_s: float = delay_s) -> bool:
            nonlocal count
            count += len(q)
            time.sleep(delay_s)
            return closed(q)

        assert search(slow, 3, 60) is None
        checks.append(count)
    assert checks[0] == checks[1]


def test_more_iterations_look_further() -> None:
    def counted(limit: int) -> int:
        count = 0

        def free(q: Array) -> bool:
            nonlocal count
            count += 1
            return closed(q)

        search(free, 5, limit)
        return count

    assert counted(20) < counted(80) < counted(320)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    search(around)
    search(closed, max_iterations=30)
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def test_the_nearest_of_several_goals_may_be_taken() -> None:
    far = GOAL + 1.5
    path = rrt.search(
        START, np.stack([far, GOAL]), LOWER, UPPER, around, resolution_rad=0.05, max_iterations=1000, seed=2
    )
    assert path is not None
    assert any(np.array_equal(path[-1], goal) for goal in (far, GOAL))


def test_errors_of_the_collision_check_come_through() -> None:
    def broken(q: Array) -> bool:
        raise RuntimeError("the simulator is gone")

    with pytest.raises(RuntimeError, match="the simulator is gone"):
        search(broken)


def test_hundreds_of_searches_keep_no_memory() -> None:
    def many(count: int) -> float:
        for seed in range(count):
            search(around, seed)
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() / 2**20

    before = many(50)
    assert many(400) - before < 2.0
