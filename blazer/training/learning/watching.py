"""Callbacks: progress with the time that is left, and a stop where the loss leads nowhere."""

from __future__ import annotations

import math
import time
from typing import Any

from blazer.training.errors import Diverged
from blazer.training.learning.libraries import library
from blazer.training.learning.progress import OnProgress, TrainProgress
from blazer.training.learning.settings import WatchSettings

REPORTS = 3
"""Means of so many reports are compared: one batch may be hard."""
MIN_RISE = 1.0
"""And the loss must be this much above where it began: small losses multiply easily."""


class LossWatch:
    """Looks at reported losses one after the other."""

    def __init__(self, settings: WatchSettings) -> None:
        self._factor = settings.factor
        self._losses: list[float] = []

    def see(self, step: int, loss: float, learning_rate: float, grad_norm: float = 0.0) -> None:
        """Judge a report.

        Raises:
            Diverged: it is no number, or too far above the first one.
        """
        if not math.isfinite(loss):
            raise Diverged(f"the loss is {loss}", step, learning_rate)
        if not math.isfinite(grad_norm):
            raise Diverged(f"the gradient's norm is {grad_norm}", step, learning_rate)
        self._losses.append(loss)
        if self._factor is None or len(self._losses) <= REPORTS:
            return
        first, mean = self._losses[0], sum(self._losses[-REPORTS:]) / REPORTS
        if mean > first * self._factor and mean > first + MIN_RISE:
            raise Diverged(f"the loss rose from {first:.3g} to {mean:.3g}", step, learning_rate)


def make_callback(stage: str, watch: WatchSettings, on_progress: OnProgress) -> Any:
    """A `TrainerCallback` that reports and watches."""
    transformers: Any = library("transformers")

    class Watching(transformers.TrainerCallback):  # type: ignore[misc]  # has no types
        """Reports each step; judges each logged loss before a checkpoint can hold it."""

        def __init__(self) -> None:
            self._watch = LossWatch(watch)
            self._metrics: dict[str, float] = {}
            self._began_s = time.monotonic()
            self._first = 0

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._began_s, self._first = time.monotonic(), state.global_step
            self._tell(state, "training")

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if control.should_save:
                control.should_log = True
            self._tell(state, "training")

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            numbers = {k: float(v) for k, v in (logs or {}).items() if isinstance(v, (int, float))}
            self._metrics |= numbers
            if "loss" in numbers:
                rate, norm = numbers.get("learning_rate", 0.0), numbers.get("grad_norm", 0.0)
                self._watch.see(state.global_step, numbers["loss"], rate, norm)
            if not math.isfinite(validated := numbers.get("eval_loss", 0.0)):
                rate = self._metrics.get("learning_rate", 0.0)
                raise Diverged(f"the loss on validation rows is {validated}", state.global_step, rate)
            self._tell(state, "training")

        def on_evaluate(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._tell(state, "validating")

        def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._tell(state, "saving")

        def _tell(self, state: Any, phase: Any) -> None:
            if not state.is_world_process_zero:
                return
            elapsed_s = time.monotonic() - self._began_s
            done = state.global_step - self._first
            left = state.max_steps - state.global_step
            on_progress(
                TrainProgress(
                    stage=stage,
                    phase=phase,
                    step=state.global_step,
                    steps=state.max_steps,
                    resumed_at=self._first,
                    epoch=float(state.epoch or 0.0),
                    elapsed_s=elapsed_s,
                    eta_s=elapsed_s / done * left if done else None,
                    metrics=dict(self._metrics),
                )
            )

    return Watching()
