"""TRL's trainers with our settings, made repeatable: order and chance are functions of seed and step alone.

The one decision a reader would question: the generator is seeded anew in every step. An interrupted
training that goes on must draw the same dropout masks as one that never stopped, whatever either of
them evaluated or saved in between; state carried along would have to be carried through all of that.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from blazer.core.rng import stream_seed
from blazer.training.learning.checkpoints import mark_complete
from blazer.training.learning.data import LENGTH, TrainingRows
from blazer.training.learning.hardware import Hardware
from blazer.training.learning.libraries import library
from blazer.training.learning.models import Opened
from blazer.training.learning.processes import are_several
from blazer.training.learning.settings import TrainSettings

SEEDS = 2**63


class Parts(NamedTuple):
    """What a trainer is made of.

    Attributes:
        opened: Model and tokenizer.
        reference: A second copy of the model for preferences; None where none is needed.
        rows: To train and validate on.
        callback: Reports and watches.
        elapsed_s: Trained before this process.
    """

    opened: Opened
    reference: Any
    rows: TrainingRows
    callback: Any
    elapsed_s: float = 0.0


def make_trainer(settings: TrainSettings, hardware: Hardware, parts: Parts) -> Any:
    """The trainer of a stage, ready for `train`."""
    trl: Any = library("trl")
    transformers: Any = library("transformers")
    names = {"sft": "SFT", "dpo": "DPO", "kto": "KTO"}
    base = getattr(trl, f"{names[settings.stage]}Trainer")
    config = getattr(trl, f"{names[settings.stage]}Config")(**_arguments(settings, hardware, parts.rows))
    options = {"ref_model": parts.reference} if settings.stage != "sft" else {}
    trainer = _repeatable(base, settings, parts.elapsed_s)(
        model=parts.opened.model,
        args=config,
        train_dataset=parts.rows.train,
        eval_dataset=parts.rows.validation,
        processing_class=parts.opened.tokenizer,
        peft_config=parts.opened.peft_config,
        callbacks=[parts.callback],
        **options,
    )
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer


def _arguments(settings: TrainSettings, hardware: Hardware, rows: TrainingRows) -> dict[str, Any]:
    optim, checkpointing = settings.optim, settings.gradient_checkpointing
    common: dict[str, Any] = {
        "output_dir": str(settings.out),
        "seed": settings.seed,
        "learning_rate": optim.learning_rate,
        "lr_scheduler_type": settings.optim.schedule,
        "warmup_steps": optim.warmup,
        "per_device_train_batch_size": optim.batch_size,
        "per_device_eval_batch_size": optim.batch_size,
        "gradient_accumulation_steps": optim.accumulation,
        "weight_decay": optim.weight_decay,
        "max_grad_norm": optim.max_grad_norm,
        "adam_beta1": optim.beta1,
        "adam_beta2": optim.beta2,
        "num_train_epochs": settings.epochs,
        "max_steps": settings.max_steps or -1,
        "max_length": None,
        "use_cpu": hardware.on_cpu,
        "bf16": hardware.bf16,
        "gradient_checkpointing": not hardware.on_cpu if checkpointing is None else checkpointing,
        "logging_steps": settings.report_steps,
        "logging_first_step": True,
        "logging_nan_inf_filter": False,
        "save_strategy": "steps",
        "save_steps": settings.checkpoint_steps,
        "save_total_limit": None if settings.keep_checkpoints else 2,
        "eval_strategy": "epoch"
        if settings.validate_each == "epoch" and rows.validation is not None
        else "no",
        "report_to": [] if settings.logging == "none" else [settings.logging],
        "run_name": settings.out.name,
        "disable_tqdm": True,
        # With several processes: every trained parameter has a gradient in every step, no need to search.
        "ddp_find_unused_parameters": False,
    }
    if settings.kernels == "liger":
        common["use_liger_kernel"] = True
    return common | _stage_arguments(settings, rows)


def precomputes(settings: TrainSettings) -> bool:
    """Whether the reference is asked once beforehand; never by several processes: they share out the rows."""
    loss = settings.dpo if settings.stage == "dpo" else settings.kto
    return settings.stage != "sft" and loss.precompute_reference and not are_several()


def _stage_arguments(settings: TrainSettings, rows: TrainingRows) -> dict[str, Any]:
    if settings.stage == "sft":
        packed = {"packing": True, "max_length": settings.max_tokens, "eval_packing": False}
        return packed if settings.packing else {}
    if settings.stage == "dpo":
        dpo = settings.dpo
        return {
            "beta": dpo.beta,
            "loss_type": list(dpo.losses),
            "loss_weights": list(dpo.losses.values()),
            "label_smoothing": dpo.label_smoothing,
            "precompute_ref_log_probs": precomputes(settings),
        }
    kto, (desirable, undesirable) = settings.kto, rows.weights
    return {
        "beta": kto.beta,
        "loss_type": kto.loss,
        "desirable_weight": kto.desirable_weight or desirable,
        "undesirable_weight": kto.undesirable_weight or undesirable,
        "precompute_ref_log_probs": precomputes(settings),
    }


def _repeatable(base: Any, settings: TrainSettings, before_s: float) -> Any:
    """A trainer class whose order and chance come from seed and step, and whose checkpoints are marked."""
    torch: Any = library("torch")
    transformers: Any = library("transformers")
    began_s = time.monotonic()

    class Repeatable(base):  # type: ignore[misc]  # has no types
        """As above."""

        _micro = (-1, 0)

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            # Not the argument: the columns that the model does not take, LENGTH among them, are gone there.
            dataset = self.train_dataset
            if settings.stage == "kto" or settings.order == "file":
                return torch.utils.data.SequentialSampler(dataset)
            grouped = settings.order == "grouped" and LENGTH in dataset.column_names
            step = self.args.train_batch_size * self.args.gradient_accumulation_steps
            return _sampler(settings.seed, len(dataset), list(dataset[LENGTH]) if grouped else None, step)

        def create_scheduler(self, num_training_steps: int, optimizer: Any = None) -> Any:
            # Shares are rounded up, and the first step of a warm-up has rate 0: alone it would train nothing.
            if self.args.get_warmup_steps(num_training_steps) >= num_training_steps:
                self.args.warmup_steps = num_training_steps - 1
            return super().create_scheduler(num_training_steps, optimizer)

        def training_step(self, *args: Any, **kwargs: Any) -> Any:
            step, micro = self._micro
            micro = micro + 1 if step == self.state.global_step else 0
            self._micro = (self.state.global_step, micro)
            names = ("step", self.state.global_step, micro, self.args.process_index)
            torch.manual_seed(stream_seed(settings.seed, *names) % SEEDS)
            return super().training_step(*args, **kwargs)

        def _save_checkpoint(self, model: Any, trial: Any) -> None:
            super()._save_checkpoint(model, trial)
            self.accelerator.wait_for_everyone()
            if self.args.should_save:
                path = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
                mark_complete(path, before_s + time.monotonic() - began_s)

        def restore(self, checkpoint: Path) -> None:
            """Take over a checkpoint that no step is missing from: `train` would do one more."""
            self._load_from_checkpoint(str(checkpoint))
            state = checkpoint / "trainer_state.json"
            self.state = transformers.TrainerState.load_from_json(str(state))

        def create_model_card(self, *_: Any, **__: Any) -> None:
            """None: what is to be said of a model is in its `run.json`."""

    return Repeatable


def _sampler(seed: int, rows: int, lengths: list[int] | None, step: int) -> Any:
    torch: Any = library("torch")
    grouped: Any = library("transformers.trainer_pt_utils").get_length_grouped_indices

    class Seeded(torch.utils.data.Sampler):  # type: ignore[misc]  # has no types
        """The order of an epoch, the same whenever it is asked for."""

        def __init__(self) -> None:
            self.epoch = 0

        def set_epoch(self, epoch: int) -> None:
            self.epoch = epoch

        def __len__(self) -> int:
            return rows

        def __iter__(self) -> Iterator[int]:
            generator = torch.Generator()
            generator.manual_seed(stream_seed(seed, "order", self.epoch) % SEEDS)
            if lengths is not None:
                return iter(grouped(lengths, step, generator=generator))
            return iter(torch.randperm(rows, generator=generator).tolist())

    return Seeded()
