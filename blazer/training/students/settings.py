"""What `blazer train base` is told: closed and frozen; the resolved record lies in the model's card."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from blazer.core.records import Finite, Record
from blazer.core.rng import MAX_SEED
from blazer.training.learning.settings import Logging
from blazer.training.students.architecture import Size
from blazer.training.students.curriculum import Stage

SIZE: Size = "m"
LEARNING_RATES: dict[Any, float] = {"s": 3e-3, "m": 2e-3, "l": 1e-3}


class StageSettings(Record):
    """One stage of the curriculum."""

    steps: int = Field(default=0, ge=0)
    batch_size: int = Field(default=16, ge=1)
    """Examples of a step."""


class RepeatSettings(StageSettings):
    """Random tokens, repeated."""

    steps: int = Field(default=700, ge=0)
    batch_size: int = Field(default=32, ge=1)


class PairSettings(StageSettings):
    """Short lists and questions."""

    steps: int = Field(default=300, ge=0)


class SceneSettings(StageSettings):
    """State texts, questions, and the skill API's text."""

    steps: int = Field(default=250, ge=0)


class BaseSettings(Record):
    """One warm-up."""

    size: Size = SIZE
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    tasks: tuple[str, ...] = ()
    """Whose layouts are read, as texts; when empty, those of the training pool."""
    vocabulary: int = Field(default=1000, ge=400, le=8000)
    """Tokens at most."""
    repeat: RepeatSettings = RepeatSettings()
    pairs: PairSettings = PairSettings()
    scenes: SceneSettings = SceneSettings()
    learning_rate: Finite | None = Field(default=None, gt=0.0, lt=1.0)
    """Rises over `warmup_steps`, stays, and falls to 0 over the last stage. When None: that of the size;
    with twice as much the larger ones never learn to copy."""
    warmup_steps: int = Field(default=100, ge=0)
    beta2: Finite = Field(default=0.98, ge=0.0, lt=1.0)
    checkpoint_steps: int = Field(default=200, ge=1)
    report_steps: int = Field(default=25, ge=1)
    logging: Logging = "tensorboard"
    threads: int | None = Field(default=None, ge=1)
    """Of torch on a CPU; as many as it likes when None. The same bits need the same number."""

    @model_validator(mode="before")
    @classmethod
    def _resolved(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("learning_rate") is None:
            rate = LEARNING_RATES.get(values.get("size", SIZE))
            return values if rate is None else {**values, "learning_rate": rate}
        return values

    def shaping(self) -> dict[str, Any]:
        """What the weights are a function of. A number of threads that nobody chose is not told: a base from
        before it could be chosen is the same base."""
        unseen = {"checkpoint_steps", "report_steps", "logging"}
        return self.model_dump(
            mode="json", exclude=unseen if self.threads is not None else {*unseen, "threads"}
        )

    @property
    def rate(self) -> float:
        """The learning rate, as resolved."""
        assert self.learning_rate is not None  # noqa: S101  (the validator put it there)
        return self.learning_rate

    @property
    def stages(self) -> tuple[tuple[Stage, StageSettings], ...]:
        """In order."""
        return ("repeat", self.repeat), ("pairs", self.pairs), ("scenes", self.scenes)

    @property
    def steps(self) -> int:
        """Of all stages together."""
        return sum(stage.steps for _, stage in self.stages)

    def stage_of(self, step: int) -> tuple[Stage, int, int]:
        """The stage that a step belongs to, the number of its first example there, and how many it has.

        Raises:
            IndexError: there is no such step.
        """
        left = step
        for name, stage in self.stages:
            if 0 <= left < stage.steps:
                return name, left * stage.batch_size, stage.batch_size
            left -= stage.steps
        raise IndexError(f"step {step} of {self.steps}")
