"""Supervised, unpaired and RL rows: what is shown as good, what is dropped, and that nothing is lost."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazer.core.outcomes import OUTCOME_TABLE, Outcome
from blazer.core.records import Trace
from blazer.training.assemble import Assembled, assemble
from blazer.training.errors import EmptyDataset
from blazer.training.rows import REASONS, Row
from blazer.training.settings import DatasetSettings
from tests.training.builders import attempts_of, bad, good, trace, varied


def _made(traces: list[Trace], **values: Any) -> Assembled:
    defaults: dict[str, Any] = {"style": "brief", "split": {"val_fraction": 0}, "kinds": ("sft",)}
    return assemble(attempts_of(traces), DatasetSettings.model_validate(defaults | values))


def _ids(made: Assembled, kind: str = "sft") -> set[str]:
    return {name for row in made.rows[kind]["train"] for name in row.trace_ids}  # type: ignore[index]


def _reasons(made: Assembled) -> Counter[str]:
    return Counter(item.reason for item in made.left_out)


def test_distinct_solutions_are_kept_and_duplicates_dropped() -> None:
    again = good(0).replace("jar", "pot").replace('"pot"', '"jar"') + "# the same\n"
    traces = [trace(), trace(sample=1, program=again), trace(sample=2, program=good(1))]
    made = _made(traces)
    assert _ids(made) == {traces[0].trace_id, traces[2].trace_id}
    assert [(item.reason, item.detail) for item in made.left_out] == [
        ("duplicate", f"as {traces[0].trace_id}")
    ]


def test_the_same_program_on_another_instance_is_no_duplicate() -> None:
    assert len(_made([trace(seed=0), trace(seed=1)]).rows["sft"]["train"]) == 2


def test_a_pass_rate_filters_and_ranks() -> None:
    traces = [
        trace(sample=0, program=good(0), layouts=(True, False)),
        trace(sample=1, program=good(1), layouts=(True, True)),
        trace(sample=2, program=good(2)),
    ]
    assert _ids(_made(traces, min_pass_rate=0.75)) == {traces[1].trace_id}
    assert _reasons(_made(traces, min_pass_rate=0.75)) == {"pass_rate": 1, "not_verified": 1}
    assert _ids(_made(traces, sft={"per_instance": 1})) == {traces[1].trace_id}
    assert _ids(_made(traces, sft={"per_instance": 2})) == {traces[0].trace_id, traces[1].trace_id}


def test_undecided_layouts_count_neither_way() -> None:
    made = trace(layouts=(True, False))
    undecided = made.verify_seeds[1].model_dump()
    undecided["verdict"] |= {"paper": "none", "strict": "none"}
    changed = Trace.model_validate(made.model_dump() | {"verify_seeds": (made.verify_seeds[0], undecided)})
    (item,) = attempts_of([changed])
    assert (item.passed, item.verified, item.pass_rate) == (1, 1, 1.0)


def test_only_programs_that_find_objects_as_asked() -> None:
    traces = [trace(), trace(sample=1, program='pick("jar0")\n')]
    for kind in ("sft", "kto"):
        assert _ids(_made(traces, refers=("property",), kinds=(kind,)), kind) == {traces[0].trace_id}


def test_a_program_that_was_judged_both_ways_is_neither() -> None:
    traces = [trace(), trace(sample=1, outcome=Outcome.TIMEOUT), trace(seed=1)]
    made = _made(traces, kinds=("sft", "kto", "rl"))
    assert _ids(made) == _ids(made, "kto") == {traces[2].trace_id}
    assert _reasons(made)["contradictory"] == 2


def test_what_decided_nothing_feeds_nothing() -> None:
    lost = [
        trace(seed=5, sample=n, outcome=o) for n, o in enumerate((Outcome.INFRA_ERROR, Outcome.CANCELLED))
    ]
    made = _made([trace(), *lost], kinds=("sft", "kto", "rl"))
    for kind in ("sft", "kto", "rl"):
        assert not _ids(made, kind) & {item.trace_id for item in lost}
    assert _reasons(made)["undecided"] == 2


@pytest.mark.parametrize("outcome", Outcome)
def test_labels_are_those_of_the_table(outcome: Outcome) -> None:
    traces = [trace(program=good(1)), trace(sample=1, program=bad(), outcome=outcome)]
    made = _made(traces, kinds=("kto", "rl"))
    labels = {row.model_dump()["outcome"]: row.model_dump()["label"] for row in made.rows["kto"]["train"]}
    labels.pop(Outcome.SUCCESS) if outcome is not Outcome.SUCCESS else None
    use = OUTCOME_TABLE[outcome]
    assert labels == ({} if use.kto is None else {outcome: use.kto})
    (prompt,) = made.rows["rl"]["train"]
    assert prompt.model_dump()["attempts"] == 1 + use.rl
    assert prompt.model_dump()["successes"] == 1 + use.sft


def test_verbatim_replies_with_more_than_one_block_are_left_out() -> None:
    two = f"A sketch:\n```python\npass\n```\nThe answer:\n```python\n{good()}```"
    traces = [trace(reply=two), trace(seed=1)]
    full = assemble(
        attempts_of(traces, "full", bare=False),
        DatasetSettings.model_validate({"kinds": ("sft",), "split": {"val_fraction": 0}}),
    )
    assert _ids(full) == {traces[1].trace_id}
    assert _reasons(full) == {"no_single_block": 1}
    assert _ids(_made(traces)) == {item.trace_id for item in traces}


def test_rows_that_are_too_long_are_listed_and_never_cut() -> None:
    long = trace(seed=1, program=good() + "# long\n" * 400)
    made = _made([trace(), long], length={"max_chars": 2000}, kinds=("sft", "kto"))
    assert long.trace_id not in _ids(made) | _ids(made, "kto")
    left = [item for item in made.left_out if item.reason == "too_long"]
    assert {(item.kind, item.trace_ids) for item in left} == {
        ("sft", (long.trace_id,)),
        ("kto", (long.trace_id,)),
    }
    assert "2000 allowed" in left[0].detail


@pytest.mark.parametrize(
    ("traces", "values", "words"),
    [
        ([], {}, "blazer collect"),
        ([trace(outcome=Outcome.CANCELLED)], {}, "undecided"),
        ([trace(program=bad(), outcome=Outcome.COLLISION)], {}, "sft has no row for train.*1 collision"),
        ([trace()], {"kinds": ("sft", "dpo")}, "dpo has no row for train.*--kinds sft"),
        ([trace()], {"split": {"val_fraction": 0.2}}, "no row for validation.*--val-fraction"),
        ([trace()], {"split": {"val_seeds": (7, 9)}}, "no row for validation"),
        ([trace()], {"min_pass_rate": 0.5}, "not_verified"),
    ],
)
def test_nothing_is_an_error_that_says_what_is_missing(
    traces: list[Trace], values: dict[str, Any], words: str
) -> None:
    with pytest.raises(EmptyDataset, match=words):
        _made(traces, **values)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_trace_is_in_a_row_or_in_the_list_of_what_is_left_out(data: st.DataObject) -> None:
    pool = varied(("close_jar", "put_block"), range(3))
    traces = data.draw(st.lists(st.sampled_from(pool), unique_by=lambda item: item.trace_id, min_size=1))
    choice = {
        "kinds": ("sft", "dpo", "kto"),
        "min_pass_rate": data.draw(st.sampled_from((0.0, 0.5))),
        "sft": {"per_instance": data.draw(st.integers(1, 3))},
        "balance": {"policy": data.draw(st.sampled_from(("none", "cap", "oversample")))},
    }
    try:
        made = _made(traces, **choice)
    except EmptyDataset:
        return
    for kind in ("sft", "dpo", "kto"):
        left = {name for item in made.left_out if item.kind in (kind, "all") for name in item.trace_ids}
        for item in traces:
            use = OUTCOME_TABLE[item.outcome]
            concerned = {"sft": use.sft, "dpo": use.negative, "kto": use.kto is not None}[kind]
            if concerned or not use.decided:
                assert item.trace_id in _ids(made, kind) | left, (kind, item.outcome)
    assert {item.reason for item in made.left_out} <= set(REASONS)


def test_a_kind_of_row_says_where_it_comes_from() -> None:
    class Silent(Row):
        """Says nothing of its own."""

    with pytest.raises(TypeError, match="abstract"):
        Silent(id="a", prompt=(), task="t", seed=0, instance="b")  # type: ignore[abstract]
