"""`train_base`: a student from nothing, warmed up until it can copy, look up and read a scene.

The trainer is transformers'. One item of its data set is the batch of one step, made from the seed
and the number of the step: so stages can differ in the size of their batches, nothing need be kept,
and a training that was killed goes on at the same step with the same batch. No program is seen and
no instruction; of tasks only layouts, from collecting seeds, and the card lists them.
"""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path
from typing import Any, NamedTuple

from blazer.core.digest import digest
from blazer.core.rng import stream_seed
from blazer.core.run_card import DataUsed, RunCard, read_run_card, write_run_card
from blazer.core.weights import weights_digest
from blazer.skills.docs import api_section
from blazer.tasks.library import get_task, task_names
from blazer.training.learning.checkpoints import last_checkpoint, mark_complete, remove_checkpoints
from blazer.training.learning.guard import told_of
from blazer.training.learning.hardware import check_logging
from blazer.training.learning.libraries import library, quiet, threads_of, versions
from blazer.training.learning.place import (
    PLAN,
    STAGING,
    check_replaceable,
    held,
    look,
    publish,
    replace_with,
    write_plan,
)
from blazer.training.learning.progress import OnProgress, TrainProgress, silent
from blazer.training.learning.settings import WatchSettings
from blazer.training.learning.watching import make_callback
from blazer.training.students.architecture import make_student
from blazer.training.students.batches import make_steps
from blazer.training.students.corpus import tokenizer_texts
from blazer.training.students.curriculum import layouts_read
from blazer.training.students.settings import BaseSettings
from blazer.training.students.tokenizer import train_tokenizer

NAME = "layouts"
"""What the card calls the scene texts."""
STYLE = "brief"
"""Of the prompts that these students are made for."""
_SEEDS = 2**31
_ADVICE = "lower repeat.batch_size, pairs.batch_size and scenes.batch_size, or take a smaller size"


class _Run(NamedTuple):
    settings: BaseSettings
    tasks: tuple[str, ...]
    out: Path
    shape: dict[str, Any]
    on_progress: OnProgress


def train_base(
    settings: BaseSettings, out: Path, on_progress: OnProgress = silent, *, force: bool = False
) -> RunCard:
    """Train a base model.

    The same call goes on where an interrupted one stopped, with the same weights at the end; after a
    finished one it changes nothing and returns its card.

    Args:
        settings: What to train.
        out: Where the model shall be.
        on_progress: Told what happens.
        force: Replace another training that is there.

    Raises:
        UnknownNameError: a task that does not exist.
        UsageError: `out` cannot be written, or another process trains there.
        ConfigError: a library is not installed.
        CheckpointMismatch: another training is in `out`, or something that is none.
        Diverged: the loss is no number, or rises.
        OutOfMemory: lower the stages' batches.
        TrainingError: the disk is full.
    """
    check_logging(settings.logging)
    tasks = settings.tasks or task_names("train")
    run = _Run(settings, tasks, out, _shape(settings, tasks), on_progress)
    if not force and look(out, run.shape, ("base",), _shape_of_card) == "done":
        return _done_already(run)
    on_progress(TrainProgress(stage="base", phase="loading"))
    library("transformers")
    with held(out), told_of(out, f"size {settings.size}", _ADVICE):
        if force:
            check_replaceable(out)
        elif look(out, run.shape, ("base",), _shape_of_card) == "done":  # meanwhile, by another process
            return _done_already(run)
        with quiet(), threads_of(settings.threads):
            return _train(run, force=force)


def _shape(settings: BaseSettings, tasks: tuple[str, ...]) -> dict[str, Any]:
    """What the weights are a function of, the texts that are read included."""
    texts = digest([api_section(), *(digest(get_task(name)) for name in tasks)])
    return {**settings.shaping(), "stage": "base", "tasks": list(tasks), "texts": texts}


def _shape_of_card(card: RunCard) -> dict[str, Any]:
    settings = BaseSettings.model_validate(card.config)
    return _shape(settings, settings.tasks or task_names("train"))


def _done_already(run: _Run) -> RunCard:
    card = read_run_card(run.out)
    assert card is not None  # noqa: S101  (looked at just before)
    run.on_progress(TrainProgress(stage="base", phase="done already", step=card.steps, steps=card.steps))
    return card


def _train(run: _Run, *, force: bool) -> RunCard:
    settings = run.settings
    run.on_progress(TrainProgress(stage="base", phase="preparing"))
    tokenizer = train_tokenizer(tokenizer_texts(settings.seed, run.tasks), settings.vocabulary)
    library("torch").manual_seed(stream_seed(settings.seed, "students", "weights") % _SEEDS)
    student = make_student(settings.size, tokenizer)
    student.generation_config.eos_token_id = tokenizer.eos_token_id
    student.generation_config.pad_token_id = tokenizer.pad_token_id
    resumed = None if force else last_checkpoint(run.out)
    elapsed_s = resumed[1] if resumed else 0.0
    began_s = time.monotonic()
    trainer = _make_trainer(run, student, tokenizer, elapsed_s)
    (replace_with if force else write_plan)(run.out, run.shape)
    trainer.train(resume_from_checkpoint=str(resumed[0]) if resumed else None)
    return _finish(run, trainer, tokenizer, elapsed_s + time.monotonic() - began_s)


def _make_trainer(run: _Run, student: Any, tokenizer: Any, before_s: float) -> Any:
    transformers: Any = library("transformers")
    settings, began_s = run.settings, time.monotonic()

    class Marking(transformers.Trainer):  # type: ignore[misc]  # has no types
        """Says of each checkpoint when it is whole."""

        def _save_checkpoint(self, model: Any, trial: Any) -> None:
            super()._save_checkpoint(model, trial)
            path = Path(self.args.output_dir) / f"checkpoint-{self.state.global_step}"
            mark_complete(path, before_s + time.monotonic() - began_s)

    # The first step of a warm-up has rate 0: one that was all there is would train nothing.
    last = settings.scenes.steps or max(1, settings.steps - settings.warmup_steps)
    arguments = transformers.TrainingArguments(
        output_dir=str(run.out),
        seed=stream_seed(settings.seed, "students", "order") % _SEEDS,
        max_steps=settings.steps,
        per_device_train_batch_size=1,
        train_sampling_strategy="sequential",
        remove_unused_columns=False,
        learning_rate=settings.rate,
        lr_scheduler_type="warmup_stable_decay",
        lr_scheduler_kwargs={"num_decay_steps": last, "decay_type": "linear"},
        warmup_steps=max(0, min(settings.warmup_steps, settings.steps - last)),
        weight_decay=0.0,
        adam_beta2=settings.beta2,
        use_cpu=not library("torch").cuda.is_available(),
        logging_steps=settings.report_steps,
        logging_nan_inf_filter=False,
        save_steps=settings.checkpoint_steps,
        save_total_limit=2,
        report_to=[] if settings.logging == "none" else [settings.logging],
        run_name=run.out.name,
        disable_tqdm=True,
    )
    trainer = Marking(
        model=student,
        args=arguments,
        train_dataset=make_steps(settings, tokenizer, run.tasks),
        data_collator=lambda batches: batches[0],
        # The stages are different games: a loss that rises where one begins is no divergence.
        callbacks=[make_callback("base", WatchSettings(factor=None), run.on_progress)],
    )
    trainer.remove_callback(transformers.PrinterCallback)
    return trainer


def _finish(run: _Run, trainer: Any, tokenizer: Any, wall_s: float) -> RunCard:
    out = run.out
    staging = out / STAGING
    shutil.rmtree(staging, ignore_errors=True)
    trainer.save_model(str(staging))
    (staging / "training_args.bin").unlink(missing_ok=True)
    tokenizer.save_pretrained(str(staging))
    publish(out)
    card = _card(run, trainer, wall_s)
    write_run_card(out, card)
    (out / PLAN).unlink(missing_ok=True)
    remove_checkpoints(out)
    run.on_progress(
        TrainProgress(
            stage="base",
            phase="done",
            step=card.steps,
            steps=card.steps,
            epoch=1.0,
            elapsed_s=wall_s,
            metrics=card.metrics,
        )
    )
    return card


def _card(run: _Run, trainer: Any, wall_s: float) -> RunCard:
    settings = run.settings
    examples = settings.scenes.steps * settings.scenes.batch_size
    losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
    read = layouts_read(settings.seed, examples, run.tasks)
    return RunCard(
        stage="base",
        name=run.out.name,
        style=STYLE,
        model="tiny",
        lineage=(
            DataUsed(
                name=NAME, digest=digest(run.shape), rows=examples, tasks=tuple(sorted(read)), seeds=read
            ),
        ),
        config=settings.model_dump(mode="json"),
        seed=settings.seed,
        versions=versions(),
        device=trainer.args.device.type,
        steps=trainer.state.global_step,
        epochs=1.0,
        wall_s=round(wall_s, 3),
        parameters=sum(parameter.numel() for parameter in trainer.model.parameters()),
        metrics={"loss": losses[-1]} if losses and math.isfinite(losses[-1]) else {},
        weights_digest=weights_digest(run.out),
    )
