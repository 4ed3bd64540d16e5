"""The outcome follows from the evidence alone; evidence as real episodes left it."""

from __future__ import annotations

import pytest

from blazer.core.outcomes import Outcome
from blazer.core.records import Decision, Fault, PolicyFinding
from blazer.sandbox.classify import End, Evidence, Limit, classify


def fault(kind: str) -> Fault:
    return Fault(kind=kind, message="", line=1)


def finding(rule: str) -> PolicyFinding:
    return PolicyFinding(rule=rule, line=1, column=1, message="")


PASS, FAIL = Decision.PASS, Decision.FAIL
CASES = [
    (Evidence(end=End.ENDED, strict=PASS), Outcome.SUCCESS),
    (Evidence(end=End.ENDED, strict=FAIL), Outcome.GOAL_NOT_MET),
    (Evidence(end=End.ENDED, strict=Decision.NONE), Outcome.INFRA_ERROR),
    (Evidence(end=End.ENDED, strict=FAIL, fault=fault("ZeroDivisionError")), Outcome.PROGRAM_ERROR),
    (Evidence(end=End.ENDED, strict=PASS, fault=fault("ZeroDivisionError")), Outcome.SUCCESS),
    (Evidence(end=End.ENDED, strict=FAIL, fault=fault("MemoryError")), Outcome.RESOURCE_LIMIT),
    (Evidence(end=End.DIED, strict=FAIL), Outcome.PROGRAM_ERROR),
    (Evidence(end=End.DIED, strict=FAIL, out_of_memory=True), Outcome.RESOURCE_LIMIT),
    (Evidence(end=End.DIED, exit_code=-9, strict=FAIL), Outcome.INFRA_ERROR),
    (Evidence(end=End.DIED, exit_code=-9, strict=PASS), Outcome.INFRA_ERROR),
    (Evidence(end=End.DIED, exit_code=-9, strict=FAIL, out_of_memory=True), Outcome.RESOURCE_LIMIT),
    (Evidence(end=End.BROKE_RULES, strict=PASS), Outcome.PROGRAM_ERROR),
    (Evidence(end=End.NOT_RUN, findings=(finding("import"),)), Outcome.POLICY_REJECTED),
    (Evidence(end=End.NOT_RUN, findings=(finding("syntax"),)), Outcome.PROGRAM_ERROR),
    (Evidence(end=End.NOT_RUN, findings=(finding("crash"),)), Outcome.POLICY_REJECTED),
    (Evidence(end=End.NOT_RUN, findings=(finding("syntax"), finding("name"))), Outcome.POLICY_REJECTED),
    (Evidence(end=End.STOPPED, limit=Limit.WALL, strict=PASS), Outcome.TIMEOUT),
    (Evidence(end=End.STOPPED, limit=Limit.SIMULATED, strict=PASS), Outcome.TIMEOUT),
    (Evidence(end=End.STOPPED, limit=Limit.SKILL_CALLS, strict=PASS), Outcome.RESOURCE_LIMIT),
    (Evidence(end=End.STOPPED, limit=Limit.OUTPUT, strict=PASS), Outcome.RESOURCE_LIMIT),
    (Evidence(end=End.ENDED, strict=PASS, cancelled=True), Outcome.CANCELLED),
    (Evidence(end=End.ENDED, strict=PASS, infra="the world crashed"), Outcome.INFRA_ERROR),
]


@pytest.mark.parametrize(("evidence", "outcome"), CASES)
def test_outcome(evidence: Evidence, outcome: Outcome) -> None:
    assert classify(evidence) is outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("PathBlocked", Outcome.COLLISION),
        ("UnexpectedContact", Outcome.COLLISION),
        ("Unreachable", Outcome.UNREACHABLE),
        ("GraspMissed", Outcome.GRASP_MISSED),
        ("SkillMisuse", Outcome.SKILL_MISUSE),
    ],
)
def test_skill_error_needs_the_worlds_word(code: str, outcome: Outcome) -> None:
    said = Evidence(end=End.ENDED, strict=FAIL, fault=fault(code))
    seen = said.model_copy(update={"skill_error": code})
    other = said.model_copy(update={"skill_error": "GraspMissed" if code != "GraspMissed" else "Unreachable"})
    assert classify(seen) is outcome
    if code != "SkillMisuse":
        assert classify(said) is Outcome.PROGRAM_ERROR
        assert classify(other) is Outcome.PROGRAM_ERROR


def test_success_is_never_anything_but_a_strict_pass() -> None:
    for end in End:
        for limit in (None, *Limit):
            for strict in (Decision.FAIL, Decision.NONE):
                assert classify(Evidence(end=end, limit=limit, strict=strict)) is not Outcome.SUCCESS
