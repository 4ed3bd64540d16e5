"""What `blazer eval` is told: closed and frozen; it lies in `eval.json`.

The decision to question: one program an episode unless a model's `repairs` says more, so that a teacher and
its student are compared by what they write at once. A teacher with repairs is another row.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Literal

from pydantic import Field, model_validator

from blazer.agents.local.source import is_local
from blazer.agents.run import Tier
from blazer.agents.scripted.model import SCRIPTED
from blazer.core.records import Record
from blazer.core.rng import MAX_SEED
from blazer.core.seeds import EVALUATION_SEED_RANGE
from blazer.prompts.students import Style
from blazer.tasks.spec import TaskSpec

DEFAULT_SEEDS = (EVALUATION_SEED_RANGE[0], EVALUATION_SEED_RANGE[0] + 100)


class EvalModel(Record):
    """One row of the comparison."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,39}$")
    """In tables and plots."""
    spec: str = Field(pattern=r"\S")
    """`scripted`, `hf:DIRECTORY`, `hf:org/name`, or a model name that the endpoint knows."""
    repairs: int = Field(default=0, ge=0)
    """How often a failed program goes back to the model."""
    style: Style | None = None
    """How it is asked; when None a local model is asked as it was trained."""
    planner: str | None = Field(default=None, pattern=r"\S")
    """Who plans, where the style shows a plan; the model itself when None."""
    base_url: str | None = None
    """OpenAI-compatible endpoint; the hosted one when None."""
    api_key_env: str | None = None
    max_tokens: int | None = Field(default=None, gt=0)
    """Of an answer; the default of runs when None."""

    @property
    def built_in(self) -> bool:
        """No language model."""
        return self.spec == SCRIPTED

    @model_validator(mode="after")
    def _consistent(self) -> EvalModel:
        if self.base_url is not None and (self.built_in or is_local(self.spec)):
            raise ValueError(f"{self.name}: base_url is for models behind an endpoint, not for {self.spec}")
        return self


class EvalSettings(Record):
    """Everything that an evaluation is told."""

    models: tuple[EvalModel, ...] = Field(min_length=1)
    tasks: tuple[str, ...] = Field(min_length=1)
    specs: dict[str, TaskSpec] = {}
    """Those of `tasks` that do not ship with Blazer, by name."""
    seeds: tuple[int, int] = DEFAULT_SEEDS
    """Of every task; the end is exclusive. Only seeds that no data set may hold."""
    samples: int = Field(default=1, ge=1)
    """1: greedy. More: drawn with `temperature`, for pass@k."""
    temperature: float = Field(default=0.8, gt=0.0, le=2.0, allow_inf_nan=False)
    """Of several samples; one sample is greedy."""
    compare: tuple[tuple[str, str], ...] = ()
    """Pairs of names, each the second against the first; when empty every model against the first, and
    against the one before it."""
    tier: Tier = "auto"
    workers: int = Field(default=2, ge=1)
    concurrency: int | None = Field(default=None, ge=1)
    resamples: int = Field(default=10_000, ge=100)
    """Of a bootstrap interval."""
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    """Draws samples and resamples."""

    @model_validator(mode="after")
    def _consistent(self) -> EvalSettings:
        start, stop = self.seeds
        first, end = EVALUATION_SEED_RANGE
        if stop <= start:
            raise ValueError(f"seeds {start}:{stop} hold none; the end must be larger than the start")
        if not first <= start < stop <= end:
            raise ValueError(
                f"seeds {start}:{stop} are not all kept for evaluation, so a model may have been trained on "
                f"some; choose seeds within {first}:{end}"
            )
        names = [model.name for model in self.models]
        for what, values in (("model", names), ("task", self.tasks)):
            twice = sorted({value for value in values if list(values).count(value) > 1})
            if twice:
                raise ValueError(f"{what} {twice[0]!r} is named twice; give each its own name")
        for pair in self.compare:
            for name in pair:
                if name not in names:
                    raise ValueError(f"compare names {name!r}, which is no model here: {', '.join(names)}")
            if pair[0] == pair[1]:
                raise ValueError(f"compare names {pair[0]!r} against itself")
        return self

    @property
    def decoding(self) -> Literal["greedy", "sampled"]:
        """How language models are asked."""
        return "greedy" if self.samples == 1 else "sampled"

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """Which models are compared: first and second."""
        if self.compare:
            return tuple(dict.fromkeys(self.compare))
        names = [model.name for model in self.models]
        found = [(names[0], name) for name in names[1:]] + list(pairwise(names))
        return tuple(dict.fromkeys(found))
