"""`train`: a data set and a model to a student, whole or not there, interrupted as often as one likes.

Settings, data, model and place are checked before anything heavy is done. The directory has a card
(`run.json`) from the moment that the student is complete and never before.
"""

from __future__ import annotations

import math
import shutil
import time
from pathlib import Path
from typing import Any, NamedTuple

import structlog

from blazer.core.run_card import RunCard, read_run_card, write_run_card
from blazer.core.weights import weights_digest
from blazer.training.learning.checkpoints import last_checkpoint, remove_checkpoints, steps_left
from blazer.training.learning.data import (
    TrainingRows,
    check_data,
    check_style,
    list_left_out,
    read_training_rows,
)
from blazer.training.learning.guard import told
from blazer.training.learning.hardware import Hardware, check_logging, choose
from blazer.training.learning.libraries import (
    check_installed,
    library,
    quiet,
    scoring_answers_alone,
    threads_of,
    versions,
)
from blazer.training.learning.models import (
    Begin,
    check_reachable,
    commit_of,
    find_model,
    load_weights,
    open_model,
    quantize_of,
)
from blazer.training.learning.place import (
    PLAN,
    STAGING,
    check_apart,
    check_replaceable,
    held,
    look,
    publish,
    replace_with,
    shape_of,
    write_plan,
)
from blazer.training.learning.processes import are_several, follows, is_first, others_wait
from blazer.training.learning.progress import OnProgress, TrainProgress, silent
from blazer.training.learning.rendering import Rendering, stops_of
from blazer.training.learning.settings import TrainSettings
from blazer.training.learning.trainers import Parts, make_trainer, precomputes
from blazer.training.learning.watching import make_callback
from blazer.training.manifest import Manifest

log = structlog.get_logger(__name__)

_SPEED = ("runtime", "per_second", "flos")
_OF_THIS_PROCESS = ("train_loss", "num_tokens", "eval_num_tokens")
"""Means and sums since the process began: after a training that was interrupted they say something else."""


class _Run(NamedTuple):
    settings: TrainSettings
    manifest: Manifest
    begin: Begin
    hardware: Hardware
    on_progress: OnProgress
    shape: dict[str, Any]
    force: bool


def train(settings: TrainSettings, on_progress: OnProgress = silent, *, force: bool = False) -> RunCard:
    """Train a student.

    The same call goes on where an interrupted one stopped, with the same weights at the end; after a
    finished one it changes nothing and returns its card.

    Args:
        settings: As resolved.
        on_progress: Told what happens, in this process.
        force: Replace another training that is in `settings.out`.

    Raises:
        UsageError: no such data set, one of another style, a row too long, a tokenizer without a chat
            template, a place that cannot be written.
        ConfigError: a library is not installed.
        EmptyDataset: nothing to train on.
        DatasetDamaged: the data set is not as its manifest says.
        ModelNotFound, NoAccelerator, CheckpointMismatch, OutOfMemory, Diverged: as they say.
        TrainingError: the disk is full, or the model's files cannot be read.
    """
    check_installed()
    check_logging(settings.logging)
    check_apart(settings)
    manifest = check_data(settings)
    begin = find_model(settings.model)
    check_apart(settings, begin)
    check_style(settings, manifest, begin.card)
    shape = shape_of(settings, manifest.digest, begin)
    if not force and look(settings.out, shape) == "done":
        return _done_already(settings, on_progress)
    on_progress(TrainProgress(stage=settings.stage, phase="loading"))
    hardware = choose(settings, quantize_of(begin, settings))
    with quiet():
        check_reachable(begin)
    run = _Run(settings, manifest, begin, hardware, on_progress, shape, force)
    if follows():
        return _train(run)
    with held(settings.out), told(settings):
        if force:
            check_replaceable(settings.out)
        elif look(settings.out, shape) == "done":  # meanwhile, by another process
            return _done_already(settings, on_progress)
        return _train(run)


def _done_already(settings: TrainSettings, on_progress: OnProgress) -> RunCard:
    card = read_run_card(settings.out)
    assert card is not None  # noqa: S101  (looked at just before)
    on_progress(TrainProgress(stage=settings.stage, phase="done already", step=card.steps, steps=card.steps))
    return card


def _train(run: _Run) -> RunCard:
    settings = run.settings
    others_wait()
    if settings.stage != "sft" and are_several() and is_first():
        log.info("reference_not_precomputed", why="several processes share out the rows")
    with quiet(), scoring_answers_alone(), threads_of(settings.threads):
        library("transformers").set_seed(settings.seed)
        opened = open_model(run.begin, settings, run.hardware)
        run.on_progress(TrainProgress(stage=settings.stage, phase="reading"))
        rendering = Rendering(opened.tokenizer, stops_of(opened.model, opened.tokenizer), settings.model)
        rows = read_training_rows(settings, run.manifest, rendering, _allowed(settings, opened.model))
        # Of another training that is about to be replaced, nothing is gone on from.
        resumed = None if run.force else last_checkpoint(settings.out)
        elapsed_s = resumed[1] if resumed else 0.0
        run.on_progress(TrainProgress(stage=settings.stage, phase="preparing"))
        callback = make_callback(settings.stage, settings.watch, run.on_progress)
        parts = Parts(opened, _reference(run), rows, callback, elapsed_s)
        began_s = time.monotonic()
        trainer = make_trainer(settings, run.hardware, parts)
        _settle(run)
        if resumed and steps_left(resumed[0]) == 0:
            trainer.restore(resumed[0])
        else:
            trainer.train(resume_from_checkpoint=str(resumed[0]) if resumed else None)
        _validate(trainer, settings, rows)
        return _finish(run, trainer, rows, elapsed_s + time.monotonic() - began_s)


def _settle(run: _Run) -> None:
    """Say whose the directory is: now that model, rows and trainer are there, and nothing is trained yet."""
    if is_first():
        (replace_with if run.force else write_plan)(run.settings.out, run.shape)
    others_wait()


def _allowed(settings: TrainSettings, model: Any) -> int:
    """Tokens that a row may have: as set, and never more than the model has positions for."""
    positions = int(getattr(model.config.get_text_config(), "max_position_embeddings", 0) or 0) or 2**31
    return min(settings.max_tokens or positions, positions)


def _reference(run: _Run) -> Any:
    """A second copy of the model, where a preference loss asks it at every step.

    Adapters need none: the trainer keeps a copy of the adapter, or turns the new one off.
    """
    settings = run.settings
    if settings.stage == "sft" or settings.lora is not None or run.begin.adapter:
        return None
    if precomputes(settings):
        return None
    return load_weights(run.begin, settings, run.hardware, trainable=False)


def _validate(trainer: Any, settings: TrainSettings, rows: TrainingRows) -> None:
    """Once more at the end, unless that was the last thing done."""
    if rows.validation is None or settings.validate_each == "never":
        return
    evaluated = [entry["step"] for entry in trainer.state.log_history if "eval_loss" in entry]
    if not evaluated or evaluated[-1] != trainer.state.global_step:
        trainer.evaluate()


def _finish(run: _Run, trainer: Any, rows: TrainingRows, wall_s: float) -> RunCard:
    settings, out = run.settings, run.settings.out
    staging = out / STAGING
    if is_first():
        shutil.rmtree(staging, ignore_errors=True)
    trainer.accelerator.wait_for_everyone()
    trainer.save_model(str(staging))
    trainer.accelerator.wait_for_everyone()
    if is_first():
        _tidy(staging)
        if rows.too_long:
            list_left_out(staging, rows.too_long)
        publish(out)
    trainer.accelerator.wait_for_everyone()
    card = _card(run, trainer, rows, wall_s)
    if is_first():
        write_run_card(out, card)
        (out / PLAN).unlink(missing_ok=True)
        if not settings.keep_checkpoints:
            remove_checkpoints(out)
    run.on_progress(
        TrainProgress(
            stage=settings.stage,
            phase="done",
            step=card.steps,
            steps=card.steps,
            epoch=card.epochs,
            elapsed_s=wall_s,
            metrics=card.metrics,
        )
    )
    return card


def _tidy(staging: Path) -> None:
    """Take away what is no part of a model: pickled arguments, an empty page, a frozen copy of an adapter."""
    (staging / "README.md").unlink(missing_ok=True)
    (staging / "training_args.bin").unlink(missing_ok=True)
    shutil.rmtree(staging / "ref", ignore_errors=True)


def _card(run: _Run, trainer: Any, rows: TrainingRows, wall_s: float) -> RunCard:
    settings, begin = run.settings, run.begin
    return RunCard(
        stage=settings.stage,
        name=settings.out.name,
        style=run.manifest.settings.style,
        model=settings.model,
        begun_from=begin.digest,
        begun_files=begin.files,
        revision=commit_of(begin, trainer.model),
        adapter=begin.adapter or settings.lora is not None,
        lineage=(*(begin.card.lineage if begin.card else ()), rows.used),
        # One step of training does not make a model's past known.
        unknown_before=begin.card.unknown_before if begin.card else (settings.model,),
        config=settings.model_dump(mode="json"),
        seed=settings.seed,
        versions=versions(),
        device=run.hardware.name,
        steps=trainer.state.global_step,
        epochs=round(float(trainer.state.epoch or 0.0), 6),
        wall_s=round(wall_s, 3),
        # The trainer keeps the adapter as it was beside the one that it trains, and calls it ref.
        parameters=sum(p.numel() for name, p in trainer.model.named_parameters() if ".ref." not in name),
        metrics=_metrics(trainer.state.log_history),
        weights_digest=weights_digest(settings.out),
    )


def _metrics(history: list[dict[str, float]]) -> dict[str, float]:
    """The last reported value of each, without speeds and what counts from where this process began."""
    last: dict[str, float] = {}
    for entry in history:
        last |= {name: float(value) for name, value in entry.items() if isinstance(value, (int, float))}
    return {
        name: value
        for name, value in sorted(last.items())
        if math.isfinite(value)
        and name not in ("step", "epoch", *_OF_THIS_PROCESS)
        and not any(s in name for s in _SPEED)
    }
