"""What a benchmark reports follows from what ran."""

from __future__ import annotations

import pytest

from blazer.core.errors import UnknownNameError
from blazer.core.outcomes import Outcome
from blazer.eval.bench import Episode, bench_episodes, episode_row, reference_rows, run_references
from tests.eval.fakes import FakeSandbox, episode

TASKS = ("put_block", "close_jar")


async def test_every_task_runs_on_every_seed_once() -> None:
    sandbox, seen = FakeSandbox(episode()), list[Episode]()
    done = await run_references(TASKS, range(3), sandbox, 2, seen.append)
    assert sorted(sandbox.ran) == sorted((task, seed) for task in TASKS for seed in range(3))
    assert len(done) == len(seen) == 6


def test_reference_rows_count_both_verdicts() -> None:
    paper_only = episode(Outcome.GOAL_NOT_MET)
    paper_only = type(paper_only)(
        execution=paper_only.execution,
        verdict=paper_only.verdict.model_copy(update={"paper": episode().verdict.paper}),
    )
    runs = [Episode("put_block", 0, episode()), Episode("put_block", 1, paper_only)]
    (row, empty) = reference_rows(TASKS, runs)
    assert row.model_dump() == {"task": "put_block", "n": 2, "success_paper": 2, "success_strict": 1}
    assert empty.n == 0


async def test_the_whole_is_the_sum_of_its_rows() -> None:
    sandbox = FakeSandbox(episode(plans_ms=(1.0, 3.0)))
    report = await bench_episodes(TASKS, range(2), sandbox, 2, peak_rss_mb=lambda: 99.0)
    assert [row.task for row in report.rows] == list(TASKS)
    for row, count in ((report.rows[0], 2), (report.overall, 4)):
        assert (row.episodes, row.success_strict, row.steps) == (count, count, 100 * count)
        assert (row.wall_s, row.physics_s) == (0.5 * count, 0.25 * count)
        assert (row.plan_ms_p50, row.plan_ms_p99) == (2.0, pytest.approx(3.0, abs=0.05))
    assert report.wall_per_physics == 2.0 and report.worker_rss_mb == 99.0
    assert report.episodes_per_s == pytest.approx(4 / report.elapsed_s, rel=0.1)


def test_without_motions_there_is_no_planning_time() -> None:
    row = episode_row("put_block", [Episode("put_block", 0, episode())])
    assert row.plan_ms_p50 is None and row.plan_ms_p99 is None


async def test_an_unknown_task_is_said() -> None:
    with pytest.raises(UnknownNameError, match="nope"):
        await run_references(("nope",), range(1), FakeSandbox(episode()), 2)
