"""What a skill may answer instead of doing what was asked.

The texts go back to the language model, so each names the skill, the bad value and what would be
possible. Numbers stand in `details` as well, for logs and tests. The wire name of an error is its
class name, and every class here (but the budget) is offered to programs by `api.SKILL_ERRORS`.
"""

from __future__ import annotations

from collections.abc import Iterable

from blazer.core.errors import SkillError


class SkillMisuse(SkillError):
    """A wrong name, type, shape or value of an argument; or a call that makes no sense now."""

    code = "SkillMisuse"


class Unreachable(SkillError):
    """No arm configuration reaches the pose."""

    code = "Unreachable"


class PathBlocked(SkillError):
    """Every path there, or the pose itself, is in collision."""

    code = "PathBlocked"


class UnexpectedContact(SkillError):
    """Something was touched while moving that should not have been."""

    code = "UnexpectedContact"


class GraspMissed(SkillError):
    """The fingers closed on nothing, or on one side only."""

    code = "GraspMissed"


class SkillBudgetExceeded(SkillError):
    """Too many calls or too much simulated time; the episode is over."""

    code = "SkillBudgetExceeded"


ERRORS: dict[str, type[SkillError]] = {
    cls.code: cls
    for cls in (SkillMisuse, Unreachable, PathBlocked, UnexpectedContact, GraspMissed, SkillBudgetExceeded)
}
"""By wire name."""


def shown(values_m: Iterable[float]) -> str:
    """A position for people: millimetre digits, no negative zero."""
    return "(" + ", ".join(f"{round(float(v), 3) + 0.0:.3f}" for v in values_m) + ")"
