"""What can go wrong with an evaluation. The tree is drawn in `blazer.core.errors`."""

from __future__ import annotations

from blazer.core.errors import BlazerError, UsageError


class EvaluationError(BlazerError):
    """Models cannot be evaluated, or an evaluation cannot be read."""


class EmptyEvaluation(EvaluationError, UsageError):
    """Nothing was decided for some model or task: a rate of nothing does not exist."""


class UnfinishedEvaluation(EvaluationError):
    """Episodes are left; the same call goes on with them."""


class SeedLeak(EvaluationError, UsageError):
    """A model was trained on seeds that are kept for evaluation."""
