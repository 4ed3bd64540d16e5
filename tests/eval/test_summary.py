"""Rates count decided episodes once; what is undecided is left out and said."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.records import Trace
from blazer.eval.summary import RunSummary, rate_of, summarise
from blazer.store.records import TraceRow
from blazer.store.schema import columns_of
from blazer.store.store import Store
from tests.store.builders import make_trace


def _row(trace: Trace, try_index: int = 0) -> TraceRow:
    return TraceRow.model_validate(columns_of(trace) | {"try_index": try_index, "sha256": ""})


def _of(*traces: Trace) -> RunSummary:
    return summarise([_row(trace) for trace in traces])


def test_repairs_count_in_the_final_rate_only() -> None:
    summary = _of(
        make_trace(outcome=Outcome.GRASP_MISSED, is_final=False),
        make_trace(attempt=1, outcome=Outcome.SUCCESS),
        make_trace(seed=1, outcome=Outcome.TIMEOUT),
    )
    (task,) = summary.tasks
    assert task.strict is not None and task.strict_first is not None
    assert (task.strict.successes, task.strict.n) == (1, 2)
    assert (task.strict_first.successes, task.strict_first.n) == (0, 2)
    assert task.failures == {Outcome.TIMEOUT: 1}
    assert (summary.attempts, summary.prompt_tokens) == (3, 2700)


def test_undecided_episodes_are_counted_beside_the_rate() -> None:
    (task,) = _of(make_trace(seed=0), make_trace(seed=1, outcome=Outcome.INFRA_ERROR)).tasks
    assert (task.episodes, task.undecided) == (1, 1)
    assert task.strict is not None and task.strict.n == 1


def test_an_undecided_try_that_was_repeated_is_not_undecided() -> None:
    rows = [_row(make_trace(outcome=Outcome.CANCELLED)), _row(make_trace(), try_index=1)]
    (task,) = summarise(rows).tasks
    assert (task.episodes, task.undecided) == (1, 0)


def test_an_unfinished_episode_is_in_no_count() -> None:
    (task,) = _of(make_trace(outcome=Outcome.TIMEOUT, is_final=False)).tasks
    assert (task.episodes, task.undecided, task.strict) == (0, 0, None)


def test_nothing_has_no_rate() -> None:
    summary = summarise([])
    assert summary.tasks == () and summary.overall.strict is None
    assert rate_of([]) is None


def test_tasks_come_in_the_order_asked_for() -> None:
    rows = [_row(make_trace(name)) for name in ("b", "a", "c")]
    assert [task.task for task in summarise(rows, ("c", "zzz")).tasks] == ["c", "a", "b"]


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from(Outcome)), max_size=25))
def test_overall_is_the_sum_of_tasks_and_order_does_not_matter(cases: list[tuple[int, Outcome]]) -> None:
    traces = {(task, seed): make_trace(f"t{task}", seed, outcome=o) for seed, (task, o) in enumerate(cases)}
    rows = [_row(trace) for trace in traces.values()]
    summary = summarise(rows)
    assert summary == summarise(rows[::-1])
    assert summary.overall.episodes == sum(task.episodes for task in summary.tasks)
    decided = [outcome for _, outcome in cases if OUTCOME_TABLE[outcome].decided]
    assert summary.overall.episodes == len(decided)
    for task in summary.tasks:
        wins = task.strict.successes if task.strict else 0
        assert wins + sum(task.failures.values()) == task.episodes


def test_it_reads_what_a_store_lists(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.sqlite") as store:
        store.add_traces([make_trace(seed=seed) for seed in range(3)])
        overall = summarise(store.rows()).overall
    assert overall.strict is not None and overall.strict.n == 3
