"""Who failed, and how? One pure function from captured evidence to an outcome.

It is success exactly when the strict verdict is pass and the program was not refused and not
stopped by a limit or for breaking the channel's rules. A program that raises after the goal was
reached still reached it: the verdict looks at the world, and so does this.
"""

from __future__ import annotations

from enum import StrEnum

from blazer.core.outcomes import Outcome
from blazer.core.records import Decision, Fault, PolicyFinding, Record


class End(StrEnum):
    """How a guest's part in an episode came to an end."""

    ENDED = "ended"
    """It said that the program ended."""
    STOPPED = "stopped"
    """We stopped it at a limit."""
    BROKE_RULES = "broke_rules"
    """It sent something that the channel does not allow."""
    DIED = "died"
    """Its process ended by itself without saying so."""
    VANISHED = "vanished"
    """It was killed, and not by us."""
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
    skill_error: str | None = None
    """Code of the last failed skill call, as the world says."""
    out_of_memory: bool = False
    """The kernel or the container's counter says so."""
    infra: str = ""
    """What failed on our side; "" if nothing did."""
    cancelled: bool = False
    strict: Decision = Decision.NONE


_BY_SKILL_ERROR = {
    "PathBlocked": Outcome.COLLISION,
    "UnexpectedContact": Outcome.COLLISION,
    "Unreachable": Outcome.UNREACHABLE,
    "GraspMissed": Outcome.GRASP_MISSED,
    "SkillMisuse": Outcome.SKILL_MISUSE,
}


def classify(evidence: Evidence) -> Outcome:
    """The outcome that the evidence shows.

    Args:
        evidence: Of one program on one seed.
    """
    if evidence.cancelled:
        return Outcome.CANCELLED
    if evidence.infra or evidence.end is End.VANISHED:
        return Outcome.RESOURCE_LIMIT if evidence.out_of_memory else Outcome.INFRA_ERROR
    if evidence.end is End.NOT_RUN:
        return _refused(evidence)
    if evidence.end is End.STOPPED:
        timed_out = evidence.limit in (Limit.WALL, Limit.SIMULATED)
        return Outcome.TIMEOUT if timed_out else Outcome.RESOURCE_LIMIT
    if evidence.end is End.BROKE_RULES:
        return Outcome.PROGRAM_ERROR
    if evidence.out_of_memory:
        return Outcome.RESOURCE_LIMIT
    if evidence.strict is Decision.PASS:
        return Outcome.SUCCESS
    return _failed(evidence)


def _refused(evidence: Evidence) -> Outcome:
    """A program that is no Python at all did not compile; anything else was refused."""
    if evidence.findings and all(finding.rule == "syntax" for finding in evidence.findings):
        return Outcome.PROGRAM_ERROR
    return Outcome.POLICY_REJECTED


def _failed(evidence: Evidence) -> Outcome:
    if evidence.end is End.DIED:
        return Outcome.PROGRAM_ERROR
    if evidence.fault is not None:
        kind = evidence.fault.kind
        if kind == "MemoryError":
            return Outcome.RESOURCE_LIMIT
        # Only the world's word makes it a collision or a miss; misuse may be noticed in the guest.
        if kind == evidence.skill_error or kind == "SkillMisuse":
            return _BY_SKILL_ERROR.get(kind, Outcome.PROGRAM_ERROR)
        return Outcome.PROGRAM_ERROR
    if evidence.strict is Decision.NONE:
        return Outcome.INFRA_ERROR
    return Outcome.GOAL_NOT_MET
