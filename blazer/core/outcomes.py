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


class Stratum(StrEnum):
    """Which kind of lesson a rejected program teaches; data sets count and cap each on its own."""

    TASK = "task"
    """It ran and did not do the task: wrong object, place, order or grasp."""
    PROGRAM = "program"
    """It stopped by a fault of its own: an exception, a skill called wrongly, a limit."""
    FORM = "form"
    """It was never run: no program in the reply, or one that the language policy refuses."""
    ROBUSTNESS = "robustness"
    """It did the task here and fails on further layouts where the chosen one does not."""


class OutcomeUse(NamedTuple):
    """What an outcome is good for.

    Attributes:
        decided: Counts in a success rate's denominator.
        sft: May be a supervised example, or the chosen side of a preference pair.
        negative: May be the rejected side of a preference pair.
        kto: Its label as an unpaired row: desirable, undesirable, or no row.
        rl: Its prompt may be practised on with a verifier's reward.
        stratum: Of the pairs in which it is the rejected side.
        meaning: One line for people.
    """

    decided: bool
    sft: bool
    negative: bool
    kto: bool | None
    rl: bool
    stratum: Stratum | None
    meaning: str


_TASK = (True, False, True, False, True, Stratum.TASK)
_PROGRAM = (True, False, True, False, True, Stratum.PROGRAM)
_FORM = (True, False, True, False, True, Stratum.FORM)
_NOTHING = (False, False, False, None, False, None)

OUTCOME_TABLE: dict[Outcome, OutcomeUse] = {
    # A success is rejected only against one that passes on more layouts.
    Outcome.SUCCESS: OutcomeUse(
        True, True, False, True, True, Stratum.ROBUSTNESS, "every strict check passed"
    ),
    Outcome.GOAL_NOT_MET: OutcomeUse(*_TASK, "ran to its end, goal not reached"),
    Outcome.COLLISION: OutcomeUse(*_TASK, "a path was blocked or something was hit"),
    Outcome.UNREACHABLE: OutcomeUse(*_TASK, "asked for a pose the arm cannot reach"),
    Outcome.GRASP_MISSED: OutcomeUse(*_TASK, "the fingers closed without a hold"),
    Outcome.PROGRAM_ERROR: OutcomeUse(*_PROGRAM, "the program raised or did not compile"),
    Outcome.SKILL_MISUSE: OutcomeUse(*_PROGRAM, "a skill was called wrongly"),
    Outcome.POLICY_REJECTED: OutcomeUse(*_FORM, "the language policy refused it"),
    Outcome.FORMAT_FAULT: OutcomeUse(*_FORM, "the reply held no program"),
    Outcome.TIMEOUT: OutcomeUse(*_PROGRAM, "ran out of wall or simulated time"),
    Outcome.RESOURCE_LIMIT: OutcomeUse(*_PROGRAM, "memory, output or call limit met"),
    Outcome.INFRA_ERROR: OutcomeUse(*_NOTHING, "not the program's doing; retried"),
    Outcome.CANCELLED: OutcomeUse(*_NOTHING, "stopped by the user or a budget"),
}
