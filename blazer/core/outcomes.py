"""What can become of an episode, and what each outcome feeds. The one table for both."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """How one attempt ended."""

    SUCCESS = "success"
    GOAL_NOT_MET = "goal_not_met"
    COLLISION = "collision"
    UNREACHABLE = "unreachable"
    GRASP_MISSED = "grasp_missed"
    PROGRAM_ERROR = "program_error"
    SKILL_MISUSE = "skill_misuse"
    POLICY_REJECTED = "policy_rejected"
    FORMAT_FAULT = "format_fault"
    TIMEOUT = "timeout"
    RESOURCE_LIMIT = "resource_limit"
    INFRA_ERROR = "infra_error"
    CANCELLED = "cancelled"


class Ending(StrEnum):
    """How a program's run came to its end, whatever it was worth."""

    COMPLETED = "completed"
    RAISED = "raised"
    REFUSED = "refused"
    TIME_OUT = "time_out"
    SIMULATED_TIME_OUT = "simulated_time_out"
    CALL_BUDGET = "call_budget"
    OUTPUT_FLOOD = "output_flood"
    OUT_OF_MEMORY = "out_of_memory"
    CRASHED = "crashed"
    EARLY_EXIT = "early_exit"
    PROTOCOL_ERROR = "protocol_error"
    INFRASTRUCTURE = "infrastructure"
    CANCELLED = "cancelled"


ENDING_TABLE: dict[Ending, str] = {
    Ending.COMPLETED: "ran to its last line, or called exit()",
    Ending.RAISED: "an exception that nothing caught ended it",
    Ending.REFUSED: "the language policy or the parser refused it; it never ran",
    Ending.TIME_OUT: "stopped: its own time was used up",
    Ending.SIMULATED_TIME_OUT: "stopped: the simulated time was used up",
    Ending.CALL_BUDGET: "stopped: too many skill calls",
    Ending.OUTPUT_FLOOD: "stopped: printed too much",
    Ending.OUT_OF_MEMORY: "used more memory than it may",
    Ending.CRASHED: "its interpreter died by a signal of its own making",
    Ending.EARLY_EXIT: "its interpreter ended without a word",
    Ending.PROTOCOL_ERROR: "it sent what the channel does not allow",
    Ending.INFRASTRUCTURE: "the sandbox failed; nothing is known of the program",
    Ending.CANCELLED: "stopped by the user or a budget",
}
"""One line for people. The sandbox's own word; what an attempt was worth is its `Outcome`."""


class OutcomeUse(NamedTuple):
    """What an outcome is good for.

    Attributes:
        decided: Counts in a success rate's denominator.
        sft: May be a supervised example.
        negative: May be the rejected side of a preference pair.
        meaning: One line for people.
    """

    decided: bool
    sft: bool
    negative: bool
    meaning: str


OUTCOME_TABLE: dict[Outcome, OutcomeUse] = {
    Outcome.SUCCESS: OutcomeUse(True, True, False, "every strict check passed"),
    Outcome.GOAL_NOT_MET: OutcomeUse(True, False, True, "ran to its end, goal not reached"),
    Outcome.COLLISION: OutcomeUse(True, False, True, "a path was blocked or something was hit"),
    Outcome.UNREACHABLE: OutcomeUse(True, False, True, "asked for a pose the arm cannot reach"),
    Outcome.GRASP_MISSED: OutcomeUse(True, False, True, "the fingers closed without a hold"),
    Outcome.PROGRAM_ERROR: OutcomeUse(True, False, True, "the program raised or did not compile"),
    Outcome.SKILL_MISUSE: OutcomeUse(True, False, True, "a skill was called wrongly"),
    Outcome.POLICY_REJECTED: OutcomeUse(True, False, True, "the language policy refused it"),
    Outcome.FORMAT_FAULT: OutcomeUse(True, False, True, "the reply held no program"),
    Outcome.TIMEOUT: OutcomeUse(True, False, True, "ran out of wall or simulated time"),
    Outcome.RESOURCE_LIMIT: OutcomeUse(True, False, True, "memory, output or call limit met"),
    Outcome.INFRA_ERROR: OutcomeUse(False, False, False, "not the program's doing; retried"),
    Outcome.CANCELLED: OutcomeUse(False, False, False, "stopped by the user or a budget"),
}
