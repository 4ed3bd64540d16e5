"""The mistakes that the built-in model makes, of the kinds that language models make.

One is drawn for a program, seldom two, from those that can show in the task at hand. A model
that is shown its failure avoids what the report points at, and slips less, but still slips.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from blazer.agents.scripted.understanding import Action, Task

FIRST_SLIP = 0.84
"""Share of first programs with a mistake in them."""
REPAIR_SLIP = 0.85
"""Share of repairs with a mistake in them."""
CONFUSION = 0.18
"""Share of plans that take the wrong one of several that look alike, where there are several."""
SECOND_SLIP = 0.08
"""Share of wrong programs with a second mistake."""


class Mistake(StrEnum):
    """What can be wrong with a program."""

    NO_APPROACH = "no_approach"
    """Goes straight at things and places, sideways, without a height above them."""
    YAW_IGNORED = "yaw_ignored"
    """Grasps and releases at yaw 0, however the object lies."""
    WRONG_OBJECT = "wrong_object"
    """Takes the other one of two that look alike, or brings it to the other place."""
    FORGOT_TO_OPEN = "forgot_to_open"
    """Leaves the object in the closed gripper at the end."""
    RELEASED_TOO_HIGH = "released_too_high"
    """Lets go far above the place."""
    WRONG_ORDER = "wrong_order"
    """Two steps are swapped: closes before it is down, or goes to the place before it has anything."""
    SKIPPED_STEP = "skipped_step"
    """Leaves out a step: the grasp, one of several objects, the second turn."""
    BAD_SYNTAX = "bad_syntax"
    """Does not compile."""
    MISUSED_SKILL = "misused_skill"
    """Calls a skill with arguments it does not take, or one that does not exist."""
    CENTRE_FOR_TOP = "centre_for_top"
    """Takes an object's centre for its top when it computes where to put something."""
    FORBIDDEN_IMPORT = "forbidden_import"
    """Imports what a program may not have."""
    NO_CODE = "no_code"
    """Answers in words, without a program."""


WEIGHTS: dict[Mistake, float] = {
    Mistake.NO_APPROACH: 1.0,
    Mistake.YAW_IGNORED: 1.2,
    Mistake.FORGOT_TO_OPEN: 0.9,
    Mistake.RELEASED_TOO_HIGH: 0.9,
    Mistake.WRONG_ORDER: 0.8,
    Mistake.SKIPPED_STEP: 0.9,
    Mistake.BAD_SYNTAX: 0.5,
    Mistake.MISUSED_SKILL: 0.9,
    Mistake.CENTRE_FOR_TOP: 0.9,
    Mistake.FORBIDDEN_IMPORT: 0.25,
    Mistake.NO_CODE: 0.2,
}

_POINTED_AT: tuple[tuple[str, frozenset[Mistake]], ...] = (
    ("grasp_missed", frozenset({Mistake.YAW_IGNORED, Mistake.SKIPPED_STEP, Mistake.WRONG_ORDER})),
    ("collision", frozenset({Mistake.NO_APPROACH, Mistake.CENTRE_FOR_TOP})),
    ("unreachable", frozenset({Mistake.NO_APPROACH, Mistake.RELEASED_TOO_HIGH})),
    ("skill_misuse", frozenset({Mistake.MISUSED_SKILL, Mistake.WRONG_ORDER, Mistake.SKIPPED_STEP})),
    ("program_error", frozenset({Mistake.BAD_SYNTAX, Mistake.MISUSED_SKILL})),
    ("policy_rejected", frozenset({Mistake.FORBIDDEN_IMPORT, Mistake.BAD_SYNTAX})),
    ("format_fault", frozenset({Mistake.NO_CODE, Mistake.BAD_SYNTAX})),
    ("released", frozenset({Mistake.FORGOT_TO_OPEN})),
    ("nothing_grasped", frozenset({Mistake.FORGOT_TO_OPEN})),
)


Slips = frozenset[Mistake]
"""Mistakes of one reply."""


def possible_confusion(task: Task) -> bool:
    """Whether there is anything to take for something else."""
    return bool(task.rivals or task.goal_rivals)


def possible(task: Task | None) -> tuple[Mistake, ...]:
    """Mistakes of a program that could show in this task; which objects to use is the plan's matter."""
    if task is None:
        return (Mistake.NO_CODE,)
    kinds = set(Mistake) - {Mistake.WRONG_OBJECT}
    if task.action is Action.UNSCREW:
        # Nothing is put anywhere in particular, and the cap is round.
        kinds -= {Mistake.RELEASED_TOO_HIGH, Mistake.CENTRE_FOR_TOP, Mistake.YAW_IGNORED}
    return tuple(kind for kind in Mistake if kind in kinds)


def draw_slips(rng: np.random.Generator, task: Task | None, report: str = "") -> Slips:
    """Draw the mistakes of a reply; `report` is that of the failed attempt before it, if any."""
    kinds = [kind for kind in possible(task) if kind not in pointed_at(report)]
    share = REPAIR_SLIP if report else FIRST_SLIP
    if not kinds or rng.random() >= share:
        return frozenset()
    number = 2 if rng.random() < SECOND_SLIP and len(kinds) > 1 else 1
    weights = np.array([WEIGHTS[kind] for kind in kinds])
    drawn = rng.choice(len(kinds), size=number, replace=False, p=weights / weights.sum())
    return frozenset(kinds[int(index)] for index in drawn)


def pointed_at(report: str) -> frozenset[Mistake]:
    """Mistakes that a failure report gives away to a reader."""
    found: set[Mistake] = set()
    for words, kinds in _POINTED_AT:
        if words in report:
            found |= kinds
    return frozenset(found)
