"""What `blazer bench train` is told: a shape, a load, and the settings of `blazer train sft` that have a say.

They carry the same names as there, so that what was measured can be trained with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from blazer.core.records import Record
from blazer.core.rng import MAX_SEED
from blazer.training.learning.settings import LoraSettings, OptimSettings, TrainSettings, WatchSettings


class ThroughputSettings(Record):
    """One measurement."""

    shape: str = "tiny-m"
    """Of `shapes.SHAPES`."""
    length: int = Field(default=1024, ge=8)
    """Tokens of a row; every row is full, nothing is padded, every token bears loss."""
    documents: int = Field(default=1, ge=1)
    """Texts packed into a row, each seeing itself alone; with one, a row is a text."""
    steps: int = Field(default=10, ge=1)
    """Timed."""
    warmup_steps: int = Field(default=3, ge=1)
    """Before them, not timed: kernels are chosen and memory is claimed in the first ones."""
    batch_size: int = Field(default=2, ge=1)
    accumulation: int = Field(default=1, ge=1)
    lora: LoraSettings | None = LoraSettings()
    """None: every parameter is trained."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    threads: int | None = Field(default=None, ge=1)
    """Of the processor; torch's choice when None."""
    gradient_checkpointing: bool | None = None
    """When None, as `blazer train sft` has it: on a GPU yes, on a CPU no."""
    attention: str | None = None
    kernels: Literal["none", "liger", "hub"] = "none"
    peak_tflops: float | None = Field(default=None, gt=0.0)
    """What one device could do, where the table does not know it; 10^12 operations a second."""
    seed: int = Field(default=0, ge=0, le=MAX_SEED)

    @model_validator(mode="after")
    def _together(self) -> ThroughputSettings:
        if self.length % self.documents:
            raise ValueError(f"length {self.length} is no multiple of documents {self.documents}")
        if self.length // self.documents < 2:
            raise ValueError("a document has two tokens at least, or there is nothing to predict")
        return self

    @property
    def document_length(self) -> int:
        """Tokens that see each other."""
        return self.length // self.documents

    def training(self, out: Path) -> TrainSettings:
        """The settings of the training that is timed."""
        return TrainSettings(
            stage="sft",
            model=f"random weights of {self.shape}",
            data=out,
            out=out,
            seed=self.seed,
            max_steps=self.warmup_steps + self.steps,
            optim=OptimSettings(
                batch_size=self.batch_size, accumulation=self.accumulation, schedule="constant", warmup=0.0
            ),
            order="file",
            lora=self.lora,
            max_tokens=self.length,
            device=self.device,
            precision=self.precision,
            threads=self.threads,
            gradient_checkpointing=self.gradient_checkpointing,
            packing=self.documents > 1,
            attention=self.attention,
            kernels=self.kernels,
            validate_each="never",
            checkpoint_steps=self.warmup_steps + self.steps + 1,
            logging="none",
            watch=WatchSettings(factor=None),
        )
