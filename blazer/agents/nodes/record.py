"""Write the attempt down as a trace, and prepare the report for its repair.

Where the evidence is gone, because the process died between execution and record, nothing is
written and the graph goes back to `execute`: the same program in the same world gives it again.
"""

from __future__ import annotations

from typing import NamedTuple

from langgraph.runtime import Runtime

from blazer.agents.context import AgentContext
from blazer.agents.state import EpisodeState
from blazer.agents.tracing import make_trace
from blazer.core.outcomes import Ending, Outcome
from blazer.core.records import Decision, Execution, Fault, PolicyReport, SeedResult, Verdict
from blazer.prompts.messages import failure_report
from blazer.sandbox.classify import End, Evidence, classify

NEEDS_EXECUTION = "needs_execution"
"""Value of `outcome` when there is nothing to record yet."""


class Attempt(NamedTuple):
    """What became of one attempt."""

    execution: Execution
    verdict: Verdict
    policy: PolicyReport | None
    verify_seeds: tuple[SeedResult, ...] = ()


async def record(state: EpisodeState, runtime: Runtime[AgentContext]) -> EpisodeState:
    """One trace for the attempt."""
    attempt = attempt_of(state)
    if attempt is None:
        return {"outcome": NEEDS_EXECUTION}
    outcome = attempt.execution.outcome
    is_final = outcome is Outcome.SUCCESS or state["attempt"] >= runtime.context.repairs
    trace = make_trace(
        state,
        runtime.context,
        execution=attempt.execution,
        verdict=attempt.verdict,
        policy=attempt.policy,
        verify_seeds=attempt.verify_seeds,
        is_final=is_final,
    )
    await runtime.context.sink.add_trace(trace)
    report = "" if is_final else failure_report(outcome, attempt.execution, attempt.verdict, attempt.policy)
    return {"outcome": outcome.value, "report": report, "result": None}


def attempt_of(state: EpisodeState) -> Attempt | None:
    """What became of the attempt in this state; None if its evidence is gone."""
    if not state["program"]:
        return _not_run(Outcome.FORMAT_FAULT, "FormatFault", state["format_problem"], None)
    policy = PolicyReport.model_validate(state["policy"]) if state["policy"] is not None else None
    if policy is not None and not policy.accepted:
        outcome = classify(Evidence(end=End.NOT_RUN, findings=policy.findings))
        kind = "SyntaxError" if outcome is Outcome.PROGRAM_ERROR else "PolicyRejected"
        text = f"{len(policy.findings)} findings; the first: " + (
            policy.findings[0].message if policy.findings else ""
        )
        return _not_run(outcome, kind, text, policy)
    result = state.get("result")
    if result is None:
        return None
    return Attempt(result.execution, result.verdict, policy, result.verify_seeds)


def _not_run(outcome: Outcome, kind: str, message: str, policy: PolicyReport | None) -> Attempt:
    """Nothing moved, and goals are false at the start: both verdicts are failures."""
    ending = Ending.REFUSED if policy is not None else None
    execution = Execution(outcome=outcome, ending=ending, fault=Fault(kind=kind, message=message))
    return Attempt(execution, Verdict(paper=Decision.FAIL, strict=Decision.FAIL), policy)
