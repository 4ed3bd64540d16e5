"""Who failed, and how? Two pure functions from captured evidence: how a run ended, and what it was worth.

`ending_of` answers for any program, `classify` for an episode, through the former. What the guest
says is believed for one thing only: which kind of exception ended its program.

An episode is a success exactly when the strict verdict is pass and the program was not refused and
not stopped by a limit or for breaking the channel's rules. A program that raises after the goal was
reached still reached it: the verdict looks at the world, and so does this.
"""

from __future__ import annotations

import signal
from enum import StrEnum

from blazer.core.outcomes import Ending, Outcome
from blazer.core.records import Decision, Fault, PolicyFinding, Record


class End(StrEnum):
    """How a guest's part in a run came to an end."""

    ENDED = "ended"
    """It said that the program ended."""
    STOPPED = "stopped"
    """We stopped it at a limit."""
    BROKE_RULES = "broke_rules"
    """It sent something that the channel does not allow."""
    DIED = "died"
    """Its end of the channel closed without a word; the exit code says more."""
    NOT_RUN = "not_run"
    """It never ran: the policy refused it."""


class Limit(StrEnum):
    """Which limit was met."""

    WALL = "wall_s"
    SIMULATED = "simulated_s"
    SKILL_CALLS = "skill_calls"
    OUTPUT = "output_stop_kb"
    MEMORY = "memory_mb"


class Evidence(Record):
    """All that the decision looks at."""

    end: End
    findings: tuple[PolicyFinding, ...] = ()
    fault: Fault | None = None
    """As the guest says: never trusted for more than the kind of a failure."""
    limit: Limit | None = None
    """The limit at which we stopped it: our own kill flag."""
    exit_code: int | None = None
    """Of a guest that died; negative where a signal ended it. None if it had to be killed after it had
    closed the channel."""
    skill_error: str | None = None
    """Code of the last failed skill call, as the world says."""
    out_of_memory: bool = False
    """The kernel's or the container's counter says so."""
    infra: str = ""
    """What failed on our side; "" if nothing did."""
    cancelled: bool = False
    strict: Decision = Decision.NONE


OUTSIDE_SIGNALS = frozenset({signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})
"""What ends a guest from outside. Inside, nothing may send a signal: see `guest.syscalls`."""
_BY_LIMIT = {
    Limit.WALL: Ending.TIME_OUT,
    Limit.SIMULATED: Ending.SIMULATED_TIME_OUT,
    Limit.SKILL_CALLS: Ending.CALL_BUDGET,
    Limit.OUTPUT: Ending.OUTPUT_FLOOD,
    Limit.MEMORY: Ending.OUT_OF_MEMORY,
}


def ending_of(evidence: Evidence) -> Ending:
    """How the run came to its end, by the evidence alone.

    Args:
        evidence: Of one run of one program.
    """
    if evidence.cancelled:
        return Ending.CANCELLED
    if evidence.infra:
        return Ending.INFRASTRUCTURE
    match evidence.end:
        case End.NOT_RUN:
            return Ending.REFUSED
        case End.STOPPED:
            # No limit named: nobody knows why it was stopped, and that is our fault.
            return _BY_LIMIT[evidence.limit] if evidence.limit else Ending.INFRASTRUCTURE
        case End.BROKE_RULES:
            return Ending.PROTOCOL_ERROR
        case End.DIED:
            return _death(evidence)
    if evidence.out_of_memory or (evidence.fault is not None and evidence.fault.kind == "MemoryError"):
        return Ending.OUT_OF_MEMORY
    return Ending.COMPLETED if evidence.fault is None else Ending.RAISED


def _death(evidence: Evidence) -> Ending:
    """The guest ended without a word: by whose doing?"""
    if evidence.out_of_memory:
        return Ending.OUT_OF_MEMORY
    if evidence.exit_code is None:
        return Ending.PROTOCOL_ERROR  # it closed the channel and lived on
    if evidence.exit_code >= 0:
        return Ending.EARLY_EXIT
    return Ending.INFRASTRUCTURE if -evidence.exit_code in OUTSIDE_SIGNALS else Ending.CRASHED


_BY_SKILL_ERROR = {
    "PathBlocked": Outcome.COLLISION,
    "UnexpectedContact": Outcome.COLLISION,
    "Unreachable": Outcome.UNREACHABLE,
    "GraspMissed": Outcome.GRASP_MISSED,
    "SkillMisuse": Outcome.SKILL_MISUSE,
}


_BY_ENDING = {
    Ending.CANCELLED: Outcome.CANCELLED,
    Ending.INFRASTRUCTURE: Outcome.INFRA_ERROR,
    Ending.TIME_OUT: Outcome.TIMEOUT,
    Ending.SIMULATED_TIME_OUT: Outcome.TIMEOUT,
    Ending.CALL_BUDGET: Outcome.RESOURCE_LIMIT,
    Ending.OUTPUT_FLOOD: Outcome.RESOURCE_LIMIT,
    Ending.OUT_OF_MEMORY: Outcome.RESOURCE_LIMIT,
    Ending.PROTOCOL_ERROR: Outcome.PROGRAM_ERROR,
}
"""Where the ending alone decides; for the others the world has a say."""


def classify(evidence: Evidence) -> Outcome:
    """What the attempt was worth.

    Args:
        evidence: Of one program on one seed.
    """
    ending = ending_of(evidence)
    if ending in _BY_ENDING:
        return _BY_ENDING[ending]
    if ending is Ending.REFUSED:
        return _refused(evidence)
    if evidence.strict is Decision.PASS:
        return Outcome.SUCCESS
    if ending in (Ending.CRASHED, Ending.EARLY_EXIT):
        return Outcome.PROGRAM_ERROR
    return _failed(evidence)


def _refused(evidence: Evidence) -> Outcome:
    """A program that is no Python at all did not compile; anything else was refused."""
    if evidence.findings and all(finding.rule == "syntax" for finding in evidence.findings):
        return Outcome.PROGRAM_ERROR
    return Outcome.POLICY_REJECTED


def _failed(evidence: Evidence) -> Outcome:
    if evidence.fault is not None:
        kind = evidence.fault.kind
        # Only the world's word makes it a collision or a miss; misuse may be noticed in the guest.
        if kind == evidence.skill_error or kind == "SkillMisuse":
            return _BY_SKILL_ERROR.get(kind, Outcome.PROGRAM_ERROR)
        return Outcome.PROGRAM_ERROR
    if evidence.strict is Decision.NONE:
        return Outcome.INFRA_ERROR
    return Outcome.GOAL_NOT_MET
