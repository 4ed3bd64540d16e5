"""Traces go in once and come out as they were; what is undecided may be tried again."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazer.core.errors import StoreError, UsageError
from blazer.core.outcomes import Outcome
from blazer.core.records import Decision, SeedResult
from blazer.store.queries import decode
from blazer.store.records import OutcomeCount, TraceFilter
from blazer.store.schema import columns_of, pack
from blazer.store.store import Store
from tests.store.builders import make_trace, make_verdict


def test_a_trace_comes_out_as_it_went_in(store: Store) -> None:
    trace = make_trace(seed=2**40, program="print('☃')\n" * 50)
    assert store.add_trace(trace)
    assert store.get(trace.trace_id) == trace
    assert list(store.traces()) == [trace]
    assert store.has_trace(trace.trace_id) and not store.has_trace("0000")


@settings(max_examples=50, deadline=None)
@given(text=st.text(max_size=300), value=st.floats(allow_nan=False, allow_infinity=False))
def test_packing_loses_nothing(text: str, value: float) -> None:
    trace = make_trace(instruction=text, state_text=text[::-1], wall_s=value)
    sha256, body = pack(trace)
    assert decode(body, sha256, trace.trace_id) == trace


def test_storing_twice_changes_nothing(store: Store) -> None:
    first = make_trace(outcome=Outcome.GOAL_NOT_MET, is_final=False)
    assert store.add_trace(first)
    assert not store.add_trace(first)
    assert not store.add_trace(first.model_copy(update={"created_at": "2026-02-02T00:00:00+00:00"}))
    assert store.count() == 1
    assert store.get(first.trace_id) == first


def test_a_complete_episode_takes_nothing_more(store: Store) -> None:
    store.add_trace(make_trace(outcome=Outcome.SUCCESS))
    assert not store.add_trace(make_trace(outcome=Outcome.TIMEOUT, program="other()"))
    assert not store.add_trace(make_trace(attempt=1, outcome=Outcome.TIMEOUT))
    assert store.summary() == (OutcomeCount(task="close_jar", outcome=Outcome.SUCCESS, n=1),)


@pytest.mark.parametrize("undecided", [Outcome.INFRA_ERROR, Outcome.CANCELLED])
def test_an_undecided_episode_is_open_and_its_retry_is_stored(store: Store, undecided: Outcome) -> None:
    failed, retried = make_trace(outcome=undecided), make_trace(outcome=Outcome.SUCCESS)
    store.add_trace(failed)
    assert store.completed_episodes("run-a") == frozenset()
    assert store.add_trace(retried)
    assert store.completed_episodes("run-a") == {retried.episode_id}
    assert store.get(retried.trace_id) == retried, "the latest try is the one shown"
    assert [row.try_index for row in store.rows()] == [0, 1], "and the first is kept"
    assert [row.outcome for row in store.rows(TraceFilter(latest_only=True))] == [Outcome.SUCCESS]


def test_an_attempt_left_by_a_killed_run_does_not_block_a_different_one(store: Store) -> None:
    store.add_trace(make_trace(outcome=Outcome.GOAL_NOT_MET, is_final=False, program="old()"))
    assert store.add_trace(make_trace(outcome=Outcome.SUCCESS, program="new()"))
    assert store.completed_episodes("run-a") == {"run-a/close_jar/0/0"}


def test_one_id_in_two_episodes_is_refused_and_nothing_of_the_call_stays(store: Store) -> None:
    trace = make_trace()
    store.add_trace(trace)
    with pytest.raises(StoreError, match="belongs to episode run-a/close_jar/0/0"):
        store.add_traces([make_trace(seed=5), trace.model_copy(update={"run_id": "run-b"})])
    assert store.count() == 1


def test_filters_pick_what_they_say(store: Store) -> None:
    store.add_traces([make_trace(seed=seed) for seed in range(4)])
    store.add_traces([make_trace("stack_blocks", seed, outcome=Outcome.TIMEOUT) for seed in range(2)])
    store.add_trace(make_trace(run_id="run-b", outcome=Outcome.GOAL_NOT_MET, is_final=False))

    def seeds(**fields: object) -> list[int]:
        return [row.seed for row in store.rows(TraceFilter(**fields))]  # type: ignore[arg-type]

    assert seeds(tasks=("stack_blocks",)) == [0, 1]
    assert seeds(run_id="run-b") == [0]
    assert seeds(outcomes=(Outcome.TIMEOUT,)) == [0, 1]
    assert seeds(seeds=(3,)) == [3]
    assert seeds(final_only=True, run_id="run-b") == []
    assert seeds(limit=2) == [0, 1]
    assert seeds(limit=2, newest_first=True) == [0, 1]  # run-b's seed 0, then stack_blocks' seed 1
    assert seeds(coder="gpt-4.1") == []
    assert store.count(TraceFilter(run_id="run-a")) == 6
    assert [t.seed for t in store.traces(TraceFilter(tasks=("close_jar",), run_id="run-a"))] == [0, 1, 2, 3]


def test_get_takes_a_prefix_and_names_the_choices(store: Store) -> None:
    traces = [make_trace(seed=seed, trace_id=name) for seed, name in enumerate(["abc1", "abc2", "ab_c"])]
    store.add_traces(traces)
    assert store.get("abc2") == traces[1]
    assert store.get("ab_") == traces[2]
    with pytest.raises(UsageError, match="could be abc1, abc2"):
        store.get("abc")
    with pytest.raises(UsageError, match="blazer traces list"):
        store.get("xyz")
    with pytest.raises(UsageError, match="no trace ''"):
        store.get("")
    with pytest.raises(UsageError):
        store.get("a%")


def test_an_id_that_is_the_prefix_of_another_is_still_reachable(store: Store) -> None:
    store.add_traces([make_trace(seed=0, trace_id="abc"), make_trace(seed=1, trace_id="abcd")])
    assert store.get("abc").seed == 0


def test_runs_keep_their_first_configuration_and_count_what_is_complete(store: Store) -> None:
    assert store.begin_run("run-a", {"tasks": ["close_jar"], "workers": 2}).status == "begun"
    store.add_traces([make_trace(seed=0), make_trace(seed=1, outcome=Outcome.INFRA_ERROR)])
    store.end_run("run-a", "stopped")
    assert store.run("run-a").status == "stopped"
    again = store.begin_run("run-a", {"tasks": ["stack_blocks"]})
    assert again.config == {"tasks": ["close_jar"], "workers": 2}
    assert (again.status, again.traces, again.episodes) == ("begun", 2, 1)
    with pytest.raises(UsageError, match=r"no run 'x'.*run-a"):
        store.run("x")
    with pytest.raises(ValueError, match="perhaps"):
        store.end_run("run-a", "perhaps")


def test_columns_say_how_verification_went() -> None:
    results = tuple(
        SeedResult(seed=seed, outcome=outcome, verdict=make_verdict(outcome))
        for seed, outcome in enumerate([Outcome.SUCCESS, Outcome.TIMEOUT, Outcome.SUCCESS])
    )
    columns = columns_of(make_trace(verify_seeds=results))
    assert (columns["verify_passed"], columns["verify_total"]) == (2, 3)
    assert columns["strict"] == Decision.PASS.value


def test_threads_may_share_one_store(store: Store) -> None:
    def add(start: int) -> None:
        for seed in range(start, start + 10):
            store.add_trace(make_trace(seed=seed))

    threads = [threading.Thread(target=add, args=(start,)) for start in (0, 5, 10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.seed for row in store.rows()) == list(range(20))
