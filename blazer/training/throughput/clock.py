"""Times steps of a trainer, each from the end of the one before: data, logging and all that lies between."""

from __future__ import annotations

import time
from typing import Any

from blazer.training.learning.libraries import library


def make_clock(device: str) -> Any:
    """A `TrainerCallback` whose `ended_s` holds when training began and when each step had ended.

    A GPU works on while the processor is ahead of it; it is waited for before the clock is read.
    """
    transformers: Any = library("transformers")
    torch: Any = library("torch")

    class Clock(transformers.TrainerCallback):  # type: ignore[misc]  # has no types
        """As above."""

        def __init__(self) -> None:
            self.ended_s: list[float] = []

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._read()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._read()

        def _read(self) -> None:
            if device == "cuda":
                torch.cuda.synchronize()
            self.ended_s.append(time.perf_counter())

    return Clock()
