"""What can be wrong with a task. See the tree at the top of `blazer.core.errors`."""

from __future__ import annotations

from blazer.core.errors import TaskError


class PlacementError(TaskError):
    """No room was found for the objects within the attempts allowed."""


class PredicateError(TaskError):
    """A goal names an unknown predicate or object, or gives a predicate wrong parameters."""
