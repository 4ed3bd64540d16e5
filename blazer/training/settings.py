"""What `blazer dataset build` is told: closed and frozen; the resolved record lies in the manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from blazer.core.records import Record
from blazer.core.rng import MAX_SEED
from blazer.core.seeds import is_evaluation_seed
from blazer.prompts.students import Style

Kind = Literal["sft", "dpo", "kto", "rl"]
KINDS: tuple[Kind, ...] = ("sft", "dpo", "kto", "rl")
Refers = Literal["property", "name", "pasted", "other"]


class SplitSettings(Record):
    """Who sees what. A seed is on one side for every task."""

    val_fraction: float = Field(default=0.1, ge=0.0, lt=1.0)
    """Share of the seeds whose rows are for validation, by a draw of each seed alone: a store that
    grows never moves a seed to the other side."""
    val_seeds: tuple[int, int] | None = None
    """These seeds instead, the end exclusive."""
    held_out_tasks: tuple[str, ...] = ()
    """Never in train or validation; their rows are a split of their own. A build also takes the groups
    `train` and `ood`: those of their tasks that there are."""

    @model_validator(mode="after")
    def _range(self) -> SplitSettings:
        if self.val_seeds is not None:
            start, stop = self.val_seeds
            if not 0 <= start < stop <= MAX_SEED + 1:
                raise ValueError(f"seeds {start}:{stop} hold none; the end must be larger than the start")
            if is_evaluation_seed(start) or is_evaluation_seed(stop - 1):
                raise ValueError(f"seeds {start}:{stop} are kept for evaluation; choose smaller ones")
        return self


class AnswerSettings(Record):
    """Supervised rows."""

    per_instance: int = Field(default=4, ge=1)
    """Distinct solutions kept of one instance, most robust first."""


class PairSettings(Record):
    """Preference pairs."""

    per_instance: int = Field(default=6, ge=1)
    per_kind: int = Field(default=2, ge=1)
    """Pairs of one instance whose rejected side failed in the same way."""
    max_length_ratio: float = Field(default=3.0, ge=1.0)
    """Longer completion by shorter, in characters: beyond this, length alone would tell them apart."""
    min_similarity: float = Field(default=0.0, ge=0.0, le=1.0)
    """Of the two programs, as `programs.similarity` has it; pairs without a program are exempt."""
    min_gap: float = Field(default=0.5, gt=0.0, le=1.0)
    """Of pass rates, for a success to be rejected against a more robust one."""


class UnpairedSettings(Record):
    """KTO rows."""

    per_instance: int = Field(default=4, ge=1)
    """Of each label."""


class PromptSettings(Record):
    """RL prompts."""

    per_instance: int = Field(default=1, ge=1)
    """Prompts of one instance; they differ in their plans."""


class BalanceSettings(Record):
    """How many rows of each task are in train."""

    policy: Literal["none", "cap", "oversample"] = "oversample"
    """`cap`: as many as the task with the fewest, or `per_task`. `oversample`: rows of the others are
    repeated up to the task with the most. RL prompts are left as they are: they are one an instance."""
    per_task: int | None = Field(default=None, ge=1)
    """For `cap`: at most so many."""
    max_copies: int = Field(default=4, ge=1)
    """For `oversample`: how often one row may be there."""

    @model_validator(mode="after")
    def _together(self) -> BalanceSettings:
        if self.per_task is not None and self.policy != "cap":
            raise ValueError(f"per_task is for the policy cap, not for {self.policy}")
        return self


class LengthSettings(Record):
    """Rows beyond these are listed and left out; nothing is ever cut."""

    max_chars: int | None = Field(default=None, ge=1)
    """Prompt and the longer completion together."""
    tokenizer: Path | None = None
    """Directory of a Hugging Face tokenizer with a chat template."""
    max_tokens: int | None = Field(default=None, ge=1)
    """As that tokenizer renders the chat."""

    @model_validator(mode="after")
    def _together(self) -> LengthSettings:
        if (self.tokenizer is None) != (self.max_tokens is None):
            raise ValueError("tokenizer and max_tokens go together: give both or none")
        return self


class DatasetSettings(Record):
    """Everything that shapes a data set."""

    kinds: tuple[Kind, ...] = Field(default=KINDS, min_length=1)
    runs: tuple[str, ...] = ()
    """Only traces of these runs; of all when empty."""
    tasks: tuple[str, ...] = ()
    """Only these tasks; all when empty."""
    style: Style = "full"
    reply: Literal["verbatim", "program"] | None = None
    """SFT answers as the model gave them, or the program in its block alone. When None: verbatim for
    `full`, the program for `brief`. A repaired program stands alone in either case, because the words
    around it are about the failure that the prompt does not show."""
    dialogue: bool = False
    """Repairs also as rows of their own, whose prompt is the whole dialogue before them."""
    min_pass_rate: float = Field(default=0.0, ge=0.0, le=1.0)
    """Share of further layouts that a program must have passed to be an example, a chosen side or
    desirable. Above 0, programs that were not verified on any are left out."""
    refers: tuple[Refers, ...] = ()
    """How a program must find its objects to be an example, a chosen side or desirable; any way when
    empty."""
    sft: AnswerSettings = AnswerSettings()
    dpo: PairSettings = PairSettings()
    kto: UnpairedSettings = UnpairedSettings()
    rl: PromptSettings = PromptSettings()
    balance: BalanceSettings = BalanceSettings()
    split: SplitSettings = SplitSettings()
    length: LengthSettings = LengthSettings()
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    """Draws validation seeds, the rows a cap keeps, and the order of rows."""

    @property
    def bare(self) -> bool:
        """Whether SFT answers are the program in its block alone."""
        return (self.reply or ("verbatim" if self.style == "full" else "program")) == "program"
