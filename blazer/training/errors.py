"""What can go wrong with a data set. The tree is drawn in `blazer.core.errors`."""

from __future__ import annotations

from blazer.core.errors import BlazerError, UsageError


class DatasetError(BlazerError):
    """A data set cannot be built, read or trusted."""


class EmptyDataset(DatasetError, UsageError):
    """Nothing is left for a kind or a split; says what is missing and what would bring it."""


class DatasetExists(DatasetError, UsageError):
    """Something else is in the directory already."""


class DatasetDamaged(DatasetError):
    """Files are missing, altered, or not what the manifest says."""


class LeakError(DatasetError):
    """Something is on both sides of a split, or is kept for evaluation."""


class TrainingError(BlazerError):
    """A student cannot be trained; says what to change."""


class OutOfMemory(TrainingError):
    """The machine or the GPU has too little memory for these settings."""


class Diverged(TrainingError):
    """The loss is no number any more, or rose far above where it began.

    Args:
        reason: What was seen.
        step: Of the optimizer.
        learning_rate: At that step.
    """

    def __init__(self, reason: str, step: int, learning_rate: float) -> None:
        self.reason, self.step, self.learning_rate = reason, step, learning_rate
        super().__init__(
            f"training diverged at step {step} (learning rate {learning_rate:.3g}): {reason}; lower "
            "optim.learning_rate, raise optim.warmup or lower optim.max_grad_norm, and begin again with "
            "--force"
        )

    def __reduce__(self) -> tuple[type[Diverged], tuple[str, int, float]]:
        return type(self), (self.reason, self.step, self.learning_rate)


class NoAccelerator(TrainingError, UsageError):
    """Something was asked for that needs a GPU that is not here."""


class ModelNotFound(TrainingError, UsageError):
    """No such model here, or it cannot be fetched."""


class CheckpointMismatch(TrainingError, UsageError):
    """What is in the output directory is not of this training, or is damaged."""
