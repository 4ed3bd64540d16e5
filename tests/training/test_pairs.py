"""Preference pairs: same prompt, better against worse, near, capped by kind, and of like length."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blazer.agents.extract import extract_program
from blazer.core.outcomes import Outcome, Stratum
from blazer.core.records import Trace
from blazer.training.assemble import Assembled, assemble
from blazer.training.programs import program_key
from blazer.training.rows import PairRow
from blazer.training.settings import DatasetSettings
from tests.training.builders import attempts_of, bad, good, trace, varied


def _made(traces: list[Trace], style: str = "brief", **dpo: Any) -> Assembled:
    values = {"style": style, "kinds": ("dpo",), "dpo": dpo, "split": {"val_fraction": 0}}
    values["balance"] = {"policy": "none"}
    wanted = DatasetSettings.model_validate(values)
    return assemble(attempts_of(traces, wanted.style, bare=wanted.bare), wanted)


def _pairs(made: Assembled) -> list[PairRow]:
    return [row for row in made.rows["dpo"]["train"] if isinstance(row, PairRow)]


@pytest.mark.parametrize("style", ["brief", "full"])
def test_the_two_sides_differ_and_answer_one_prompt(style: str) -> None:
    traces = varied()
    prompts = {item.trace_id: item.prompt for item in attempts_of(traces, style)}  # type: ignore[arg-type]
    outcomes = {item.trace_id: item.outcome for item in traces}
    pairs = _pairs(_made(traces, style))
    assert len(pairs) > 50
    for pair in pairs:
        better, worse = (extract_program(text).program for text in pair.answers())
        assert better is not None
        assert worse is None or program_key(better) != program_key(worse)
        assert pair.prompt == prompts[pair.chosen_trace_id] == prompts[pair.rejected_trace_id]
        assert outcomes[pair.chosen_trace_id] is Outcome.SUCCESS
        assert outcomes[pair.rejected_trace_id] is pair.rejected_outcome


def test_of_different_plans_no_pair_is_made_in_full_style() -> None:
    one = trace(plan="1. Take the red one.")
    other = trace(sample=1, program=bad(), outcome=Outcome.COLLISION, plan="1. Take it.")
    more = trace(sample=2, program=bad(1), outcome=Outcome.COLLISION, plan="1. Take the red one.")
    made = _made([one, other, more], "full")
    assert [pair.rejected_trace_id for pair in _pairs(made)] == [more.trace_id]
    assert [(item.reason, item.trace_ids) for item in made.left_out] == [("no_partner", (other.trace_id,))]
    assert len(_pairs(_made([one, other, more]))) == 2


@pytest.mark.parametrize("style", ["brief", "full"])
def test_every_attempt_is_in_a_pair_or_is_said_to_be_in_none(style: str) -> None:
    traces = [*varied(), trace("alone", 99), trace("alone", 99, program=good(1), sample=1)]
    for settings_ in ({}, {"per_instance": 1, "per_kind": 1}, {"max_length_ratio": 1.0}, {"min_gap": 0.1}):
        made = _made(traces, style, **settings_)
        named = {name for pair in _pairs(made) for name in pair.trace_ids}
        named |= {name for entry in made.left_out for name in entry.trace_ids}
        assert named == {item.trace_id for item in traces}
    alone = [item for item in made.left_out if item.task == "alone"]
    assert [item.reason for item in alone] == ["no_pair", "no_pair"]


def test_a_failure_meets_the_nearest_of_the_most_robust() -> None:
    long = good(0) + "open_gripper()\nrotate_gripper(1)\nrotate_gripper(2)\n"
    traces = [
        trace(sample=0, program=good(0), layouts=(True, True)),
        trace(sample=1, program=long, layouts=(True, True)),
        trace(sample=2, program=long + "open_gripper()\n", layouts=(True, False)),
        trace(sample=3, program=long.replace("(2)", "(3)"), outcome=Outcome.COLLISION),
    ]
    failed = next(pair for pair in _pairs(_made(traces)) if pair.stratum is Stratum.TASK)
    assert failed.chosen_trace_id == traces[1].trace_id
    assert failed.similarity is not None
    assert failed.similarity > 0.9


def test_a_fragile_success_is_rejected_against_a_robust_one_and_never_chosen_beside_it() -> None:
    traces = [
        trace(sample=0, program=good(0), layouts=(True, True)),
        trace(sample=1, program=good(1), layouts=(False, False)),
        trace(sample=2, program=bad(), outcome=Outcome.GRASP_MISSED),
    ]
    pairs = _pairs(_made(traces))
    assert Counter(pair.stratum for pair in pairs) == {Stratum.ROBUSTNESS: 1, Stratum.TASK: 1}
    assert {pair.chosen_trace_id for pair in pairs} == {traces[0].trace_id}
    fragile = next(pair for pair in pairs if pair.stratum is Stratum.ROBUSTNESS)
    assert (fragile.chosen_pass_rate, fragile.rejected_pass_rate) == (1.0, 0.0)
    assert not [p for p in _pairs(_made(traces, min_gap=1.0)) if p.rejected_pass_rate == 0.5]


def test_what_is_too_fragile_to_be_chosen_may_still_be_rejected() -> None:
    traces = [
        trace(sample=0, program=good(0), layouts=(True, True)),
        trace(sample=1, program=good(1), layouts=(False, False)),
        trace(sample=2, program=good(2), layouts=(True, False)),
    ]
    wanted = {"style": "brief", "kinds": ("dpo",), "split": {"val_fraction": 0}, "min_pass_rate": 1.0}
    made = assemble(attempts_of(traces), DatasetSettings.model_validate(wanted | {"dpo": {"min_gap": 0.6}}))
    (pair,) = _pairs(made)
    assert (pair.chosen_trace_id, pair.rejected_trace_id) == (traces[0].trace_id, traces[1].trace_id)
    assert [(item.reason, item.trace_ids) for item in made.left_out] == [("pass_rate", (traces[2].trace_id,))]


def test_faults_of_form_are_a_stratum_of_their_own() -> None:
    strata = {
        pair.rejected_outcome: pair.stratum
        for pair in _pairs(_made(varied()))
        if pair.rejected_pass_rate is None
    }
    assert strata[Outcome.FORMAT_FAULT] is strata[Outcome.POLICY_REJECTED] is Stratum.FORM
    assert strata[Outcome.GRASP_MISSED] is Stratum.TASK


def test_kinds_take_turns_under_the_caps() -> None:
    many = [trace(sample=n, program=bad(n), outcome=Outcome.COLLISION) for n in range(1, 6)]
    few = [trace(sample=9, program=bad(9), outcome=Outcome.GRASP_MISSED)]
    made = _made([trace(), *many, *few], per_instance=2, per_kind=3)
    assert {pair.rejected_outcome for pair in _pairs(made)} == {Outcome.COLLISION, Outcome.GRASP_MISSED}
    assert Counter(item.reason for item in made.left_out) == {"per_kind": 2, "per_instance": 2}


def test_pairs_that_length_would_tell_apart_are_listed() -> None:
    long = bad() + "open_gripper()\n" * 60
    made = _made(
        [
            trace(),
            trace(sample=1, program=long, outcome=Outcome.TIMEOUT),
            trace(sample=2, program=bad(), outcome=Outcome.TIMEOUT),
        ],
        max_length_ratio=2.0,
    )
    assert len(_pairs(made)) == 1
    (left,) = made.left_out
    assert left.reason == "length_ratio"
    assert len(left.trace_ids) == 2


@pytest.mark.parametrize("style", ["brief", "full"])
def test_both_sides_are_dressed_alike(style: str) -> None:
    for pair in _pairs(_made(varied(), style)):
        if pair.rejected_outcome is not Outcome.FORMAT_FAULT:
            assert len({text.partition("```")[0] for text in pair.answers()}) == 1


@settings(max_examples=20, deadline=None)
@given(st.permutations(varied(("close_jar",), range(2))), st.integers(1, 4), st.integers(1, 3))
def test_the_order_of_traces_does_not_matter_and_caps_hold(
    traces: list[Trace], per_instance: int, per_kind: int
) -> None:
    made = _made(traces, per_instance=per_instance, per_kind=per_kind)
    usual = _made(sorted(traces, key=lambda t: t.trace_id), per_instance=per_instance, per_kind=per_kind)
    assert (made.rows, set(made.left_out)) == (usual.rows, set(usual.left_out))
    pairs = _pairs(made)
    assert max(Counter(pair.instance for pair in pairs).values()) <= per_instance
    kinds = Counter((pair.instance, pair.kind_of_lesson) for pair in pairs)
    assert max(kinds.values()) <= per_kind
