"""Running again finds what differs, and claims nothing of what was not run."""

from __future__ import annotations

import pytest

from blazer.core.outcomes import Outcome
from blazer.core.records import PolicyReport, Trace
from blazer.eval.reverify import Agreement, Reverified, ReverifyReport, reverify, reverify_trace
from blazer.sandbox.errors import WorldCrashed
from blazer.tasks.instantiate import instantiate
from blazer.tasks.library import get_task
from tests.eval.fakes import FakeSandbox, episode
from tests.store.builders import make_trace


def _trace(seed: int = 0, outcome: Outcome = Outcome.SUCCESS, **changes: object) -> Trace:
    instance = instantiate(get_task("put_block"), seed).model_dump(mode="json")
    return make_trace("put_block", seed, outcome=outcome, **({"instance": instance} | changes))


async def test_equal_results_agree() -> None:
    result = await reverify_trace(_trace(), FakeSandbox(episode()))
    assert (result.agreement, result.differences) == (Agreement.AGREES, ())


@pytest.mark.parametrize(
    ("again", "what"),
    [
        (episode(final_digest="c" * 16), "final digest"),
        (episode(Outcome.GOAL_NOT_MET), "strict verdict"),
        (episode(Outcome.TIMEOUT), "outcome timeout, recorded success"),
    ],
)
async def test_what_differs_is_named(again: object, what: str) -> None:
    result = await reverify_trace(_trace(), FakeSandbox(again))  # type: ignore[arg-type]
    assert result.agreement is Agreement.DIFFERS
    assert any(what in difference for difference in result.differences)


@pytest.mark.parametrize("outcome", [Outcome.FORMAT_FAULT, Outcome.INFRA_ERROR, Outcome.CANCELLED])
async def test_what_never_ran_is_not_run(outcome: Outcome) -> None:
    sandbox = FakeSandbox(episode())
    result = await reverify_trace(_trace(outcome=outcome), sandbox)
    assert result.agreement is Agreement.NOTHING_TO_RUN and sandbox.ran == []


@pytest.mark.parametrize(("accepts", "agreement"), [(False, Agreement.AGREES), (True, Agreement.DIFFERS)])
async def test_a_rejected_program_must_be_rejected_again(accepts: bool, agreement: Agreement) -> None:
    sandbox = FakeSandbox(episode(), accepts=accepts)
    trace = _trace(outcome=Outcome.POLICY_REJECTED, policy=PolicyReport(accepted=False))
    result = await reverify_trace(trace, sandbox)
    assert result.agreement is agreement and sandbox.ran == []


async def test_many_run_once_each_and_come_back_in_order() -> None:
    sandbox, seen = FakeSandbox(episode()), list[Reverified]()
    report = await reverify((_trace(seed) for seed in range(7)), sandbox, 3, seen.append)
    assert sorted(sandbox.ran) == [("put_block", seed) for seed in range(7)]
    assert [result.seed for result in report.results] == list(range(7)) and len(seen) == 7
    assert report.all_agree and report.count(Agreement.AGREES) == 7


async def test_what_made_the_traces_is_told_once_each() -> None:
    old = _trace().provenance.model_copy(update={"code_digest": "0" * 16})
    traces = [_trace(0), _trace(1, provenance=old), _trace(2)]
    report = await reverify(traces, FakeSandbox(episode()), 1)
    assert report.recorded_with == (_trace().provenance, old)


async def test_nothing_run_is_not_agreement() -> None:
    report = await reverify([_trace(outcome=Outcome.FORMAT_FAULT)], FakeSandbox(episode()), 2)
    assert not report.all_agree
    assert not ReverifyReport(results=()).all_agree


async def test_a_broken_sandbox_is_an_error_and_no_difference() -> None:
    with pytest.raises(WorldCrashed, match="gone"):
        await reverify([_trace(0), _trace(1)], FakeSandbox(WorldCrashed("gone")), 2)
