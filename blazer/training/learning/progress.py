"""What a training tells whoever watches it. The command line draws a bar from it; the loop writes a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from blazer.core.records import Record

Phase = Literal["reading", "loading", "preparing", "training", "validating", "saving", "done", "done already"]


class TrainProgress(Record):
    """Where a training is."""

    stage: str
    phase: Phase
    step: int = 0
    steps: int = 0
    """Of the optimizer, all together; 0 while unknown."""
    resumed_at: int = 0
    """Step that an interrupted training went on from; 0 for a fresh one."""
    epoch: float = 0.0
    elapsed_s: float = 0.0
    """Of this process."""
    eta_s: float | None = None
    """Until the last step; None while nothing is known."""
    metrics: dict[str, float] = {}
    """As last reported: loss, learning_rate, grad_norm, rewards/accuracies, eval_loss, ..."""


OnProgress: TypeAlias = Callable[[TrainProgress], None]


def silent(_: TrainProgress) -> None:
    """For callers that watch nothing."""
