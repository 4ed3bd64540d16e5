"""The outcome follows from the evidence alone; evidence as real episodes left it."""

from __future__ import annotations

import pytest

from blazer.core.outcomes import ENDING_TABLE, Ending, Outcome
from blazer.core.records import Decision, Fault, PolicyFinding
from blazer.sandbox.classify import OUTSIDE_SIGNALS, End, Evidence, Limit, classify, ending_of


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


ENDINGS = [
    (Evidence(end=End.ENDED), Ending.COMPLETED),
    (Evidence(end=End.ENDED, fault=fault("KeyError")), Ending.RAISED),
    (Evidence(end=End.ENDED, fault=fault("SkillMisuse"), strict=PASS), Ending.RAISED),
    (Evidence(end=End.ENDED, fault=fault("MemoryError")), Ending.OUT_OF_MEMORY),
    (Evidence(end=End.ENDED, out_of_memory=True), Ending.OUT_OF_MEMORY),
    (Evidence(end=End.NOT_RUN, findings=(finding("syntax"),)), Ending.REFUSED),
    (Evidence(end=End.NOT_RUN, findings=(finding("import"),)), Ending.REFUSED),
    (Evidence(end=End.STOPPED, limit=Limit.WALL), Ending.TIME_OUT),
    (Evidence(end=End.STOPPED, limit=Limit.WALL, fault=fault("MemoryError")), Ending.TIME_OUT),
    (Evidence(end=End.STOPPED, limit=Limit.WALL, out_of_memory=True), Ending.TIME_OUT),
    (Evidence(end=End.STOPPED, limit=Limit.SIMULATED), Ending.SIMULATED_TIME_OUT),
    (Evidence(end=End.STOPPED, limit=Limit.SKILL_CALLS), Ending.CALL_BUDGET),
    (Evidence(end=End.STOPPED, limit=Limit.OUTPUT), Ending.OUTPUT_FLOOD),
    (Evidence(end=End.STOPPED, limit=Limit.MEMORY), Ending.OUT_OF_MEMORY),
    (Evidence(end=End.STOPPED), Ending.INFRASTRUCTURE),
    (Evidence(end=End.DIED, exit_code=0), Ending.EARLY_EXIT),
    (Evidence(end=End.DIED, exit_code=1), Ending.EARLY_EXIT),
    (Evidence(end=End.DIED, exit_code=137), Ending.EARLY_EXIT),
    (Evidence(end=End.DIED, exit_code=-11), Ending.CRASHED),
    (Evidence(end=End.DIED, exit_code=-6), Ending.CRASHED),
    (Evidence(end=End.DIED, exit_code=-31), Ending.CRASHED),
    (Evidence(end=End.DIED, exit_code=-9), Ending.INFRASTRUCTURE),
    (Evidence(end=End.DIED, exit_code=-15), Ending.INFRASTRUCTURE),
    (Evidence(end=End.DIED, exit_code=-9, out_of_memory=True), Ending.OUT_OF_MEMORY),
    (Evidence(end=End.DIED, exit_code=1, out_of_memory=True), Ending.OUT_OF_MEMORY),
    (Evidence(end=End.DIED), Ending.PROTOCOL_ERROR),
    (Evidence(end=End.BROKE_RULES, fault=fault("ProtocolFault")), Ending.PROTOCOL_ERROR),
    (Evidence(end=End.DIED, exit_code=-11, infra="the world crashed"), Ending.INFRASTRUCTURE),
    (Evidence(end=End.DIED, out_of_memory=True, infra="the world crashed"), Ending.INFRASTRUCTURE),
    (Evidence(end=End.STOPPED, limit=Limit.WALL, cancelled=True), Ending.CANCELLED),
    (Evidence(end=End.ENDED, infra="x", cancelled=True), Ending.CANCELLED),
]


@pytest.mark.parametrize(("evidence", "ending"), ENDINGS)
def test_ending(evidence: Evidence, ending: Ending) -> None:
    assert ending_of(evidence) is ending


def test_every_ending_can_be_told_and_has_its_words() -> None:
    assert {ending for _, ending in ENDINGS} == set(Ending) == set(ENDING_TABLE)


def test_the_world_has_no_say_in_how_a_run_ended() -> None:
    for evidence, ending in ENDINGS:
        for strict in Decision:
            assert ending_of(evidence.model_copy(update={"strict": strict, "skill_error": "X"})) is ending


def test_the_guests_word_counts_for_the_kind_of_an_exception_only() -> None:
    for evidence, ending in ENDINGS:
        if evidence.end is End.ENDED:
            continue
        for said in (None, fault("MemoryError"), fault("Anything")):
            assert ending_of(evidence.model_copy(update={"fault": said})) is ending


def test_no_failure_of_ours_is_ever_the_programs() -> None:
    for number in OUTSIDE_SIGNALS:
        for strict in Decision:
            assert classify(Evidence(end=End.DIED, exit_code=-number, strict=strict)) is Outcome.INFRA_ERROR
    for evidence, _ in ENDINGS:
        if not evidence.cancelled:
            infra = evidence.model_copy(update={"infra": "the daemon is gone"})
            assert classify(infra) is Outcome.INFRA_ERROR
