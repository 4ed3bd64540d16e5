"""What `blazer train` is told: closed and frozen; the resolved record lies in the model's card.

Needs none of the heavy libraries, so that settings are checked before any of them is loaded. What
a reader would question: every value that depends on something else (learning rate on the stage)
is resolved here, so that the card shows the number that was used and never "default".
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from blazer.core.records import Finite, Record
from blazer.core.rng import MAX_SEED

TrainStage = Literal["sft", "dpo", "kto"]
STAGES: tuple[TrainStage, ...] = ("sft", "dpo", "kto")
Logging = Literal["tensorboard", "wandb", "none"]
PairLoss = Literal[
    "sigmoid",
    "sigmoid_norm",
    "hinge",
    "ipo",
    "robust",
    "exo_pair",
    "nca_pair",
    "bco_pair",
    "apo_zero",
    "apo_down",
    "sft",
]
LEARNING_RATES: dict[TrainStage, float] = {"sft": 2e-4, "dpo": 5e-6, "kto": 5e-6}


class OptimSettings(Record):
    """How weights are moved."""

    learning_rate: Finite | None = Field(default=None, gt=0.0, lt=1.0)
    """When None: 2e-4 for SFT, 5e-6 for preferences."""
    schedule: Literal["cosine", "linear", "constant", "constant_with_warmup"] = "cosine"
    warmup: Finite = Field(default=0.03, ge=0.0, lt=1.0)
    """Share of the steps in which the learning rate rises from 0."""
    batch_size: int = Field(default=16, ge=1)
    """Rows (pairs) of one forward pass on one device."""
    accumulation: int = Field(default=1, ge=1)
    """Forward passes of one step: a step sees `batch_size` x `accumulation` rows of each device."""
    weight_decay: Finite = Field(default=0.01, ge=0.0, lt=1.0)
    max_grad_norm: Finite = Field(default=1.0, ge=0.0)
    """0 leaves gradients as they are."""
    beta1: Finite = Field(default=0.9, ge=0.0, lt=1.0)
    beta2: Finite = Field(default=0.999, ge=0.0, lt=1.0)


class LoraSettings(Record):
    """Train an adapter, leave the model as it is."""

    rank: int = Field(default=16, ge=1)
    alpha: int = Field(default=32, ge=1)
    dropout: Finite = Field(default=0.0, ge=0.0, lt=1.0)
    targets: tuple[str, ...] | Literal["all-linear"] = "all-linear"
    """Names of modules; `all-linear` is every linear one but the head."""
    quantize: Literal["none", "4bit"] = "none"
    """`4bit` is QLoRA: the model in NF4 by bitsandbytes, on CUDA alone."""

    @model_validator(mode="after")
    def _targets(self) -> LoraSettings:
        if "lm_head" in self.targets:
            raise ValueError("an adapter on lm_head would never be trained; leave it out of targets")
        return self


class PairLossSettings(Record):
    """DPO."""

    beta: Finite = Field(default=0.1, gt=0.0)
    losses: dict[PairLoss, Finite] = {"sigmoid": 1.0}
    """Loss -> weight; `{"sigmoid": 1, "sft": 1}` is DPO with the likelihood of the chosen answer added
    (RPO). Several are added up."""
    label_smoothing: Finite = Field(default=0.0, ge=0.0, lt=0.5)
    """For `robust`, the share of pairs that may be the wrong way round; for `exo_pair`, above 0."""
    precompute_reference: bool = True
    """Ask the reference model once for all rows before training; it is then not kept."""

    @model_validator(mode="after")
    def _losses(self) -> PairLossSettings:
        if not self.losses:
            raise ValueError('losses must name one at least, such as {"sigmoid": 1.0}')
        if set(self.losses) == {"sft"}:
            raise ValueError("losses of sft alone is no DPO; use `blazer train sft`, or add sigmoid")
        if any(weight <= 0 for weight in self.losses.values()):
            raise ValueError("weights of losses are above 0; leave a loss out instead of weighing it 0")
        if self.label_smoothing and not {"robust", "exo_pair"} & set(self.losses):
            raise ValueError("label_smoothing does nothing but with the losses robust and exo_pair")
        if "exo_pair" in self.losses and not self.label_smoothing:
            raise ValueError("the loss exo_pair needs a label_smoothing above 0, such as 0.001")
        return self


class UnpairedLossSettings(Record):
    """KTO."""

    beta: Finite = Field(default=0.1, gt=0.0)
    loss: Literal["kto", "apo_zero_unpaired"] = "kto"
    desirable_weight: Finite | None = Field(default=None, gt=0.0)
    """When None: 1, or more where undesirable rows outnumber desirable ones, up to their ratio."""
    undesirable_weight: Finite | None = Field(default=None, gt=0.0)
    """When None: 1, or more where desirable rows outnumber undesirable ones, up to their ratio."""
    precompute_reference: bool = True


class WatchSettings(Record):
    """When training is stopped because it leads nowhere."""

    factor: Finite | None = Field(default=3.0, gt=1.0)
    """Mean loss of the last three reports beyond this times the first one, and 1 above it; None: never.
    A loss that is no number always stops it."""


class TrainSettings(Record):
    """One training."""

    stage: TrainStage
    model: str
    """Directory of a model or adapter, or an id of the Hugging Face hub."""
    data: Path
    """A data set of `blazer dataset build`."""
    out: Path
    """Where the student shall be."""
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    share: Finite = Field(default=1.0, gt=0.0, le=1.0)
    """First share of the train file; rows lie in a drawn order in which tasks take turns."""
    epochs: Finite = Field(default=3.0, gt=0.0)
    max_steps: int | None = Field(default=None, ge=1)
    """Instead of `epochs`."""
    optim: OptimSettings = OptimSettings()
    order: Literal["grouped", "drawn", "file"] = "grouped"
    """Of rows: `grouped` puts rows of like length together, so that little is padded; `file` for every
    epoch alike. KTO always takes the file's, since its KL term pairs neighbours."""
    lora: LoraSettings | None = None
    dpo: PairLossSettings = PairLossSettings()
    kto: UnpairedLossSettings = UnpairedLossSettings()
    max_tokens: int | None = Field(default=None, ge=1)
    """Longest row; when None, what the model has positions for. Nothing is ever cut."""
    too_long: Literal["error", "leave_out"] = "error"
    """`leave_out` lists them in `left_out.jsonl` beside the weights."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    precision: Literal["auto", "fp32", "bf16"] = "auto"
    """`auto`: bf16 on a GPU that has it, else fp32. bf16 on a CPU only where it has instructions for it."""
    threads: int | None = Field(default=None, ge=1)
    """Of a CPU; torch's choice when None. The same weights to the last bit need the same number."""
    gradient_checkpointing: bool | None = None
    """When None: on a GPU yes, on a CPU no."""
    packing: bool = False
    """SFT: several rows in one sequence of `max_tokens`."""
    attention: str | None = None
    """`sdpa`, `eager`, `flash_attention_2`, ...; the library's choice when None."""
    kernels: Literal["none", "liger", "hub"] = "none"
    """Fused layers on CUDA: of the package liger-kernel, or of the hub's kernels."""
    validate_each: Literal["epoch", "end", "never"] = "epoch"
    report_steps: int = Field(default=10, ge=1)
    checkpoint_steps: int = Field(default=100, ge=1)
    keep_checkpoints: bool = False
    """When finished."""
    logging: Logging = "tensorboard"
    watch: WatchSettings = WatchSettings()

    @model_validator(mode="before")
    @classmethod
    def _resolved(cls, values: Any) -> Any:
        if not isinstance(values, dict) or values.get("stage") not in STAGES:
            return values
        optim = values.get("optim", {})
        if isinstance(optim, OptimSettings):
            optim = optim.model_dump()
        if isinstance(optim, dict) and optim.get("learning_rate") is None:
            optim = {**optim, "learning_rate": LEARNING_RATES[values["stage"]]}
        return {**values, "optim": optim}

    @model_validator(mode="after")
    def _together(self) -> TrainSettings:
        if self.packing and self.stage != "sft":
            raise ValueError(f"packing is for sft; {self.stage} needs each answer by itself")
        if self.packing and self.max_tokens is None:
            raise ValueError("packing needs max_tokens, the length of a packed sequence")
        if self.stage == "kto" and self.kto.loss == "kto" and self.optim.batch_size < 2:
            raise ValueError("kto needs an optim.batch_size of 2 at least: its KL term pairs neighbours")
        return self

    @property
    def learning_rate(self) -> float:
        """As resolved."""
        assert self.optim.learning_rate is not None  # noqa: S101  (the validator put it there)
        return self.optim.learning_rate
