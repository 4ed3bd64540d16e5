"""The output directory: fresh, interrupted, finished, or somebody else's.

An interrupted training is recognised by `training.json`, written before its first step: what shaped
it, digests of data and model included. A finished one has a card. Settings that do not shape
weights (how often to report, where to log) may differ.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal

from blazer.core.errors import UsageError
from blazer.core.run_card import RUN_CARD, RunCard, read_run_card
from blazer.core.weights import weights_digest
from blazer.training.errors import CheckpointMismatch
from blazer.training.learning.checkpoints import has_whole_one, remove_checkpoints
from blazer.training.learning.models import Begin
from blazer.training.learning.settings import STAGES, TrainSettings

PLAN = "training.json"
LOCK = ".lock"
STAGING = ".finishing"
_TRIES = 20
_NOT_SHAPING = frozenset(
    {"model", "data", "out", "logging", "report_steps", "checkpoint_steps", "keep_checkpoints", "watch"}
)
FILES = "model's files"
"""Not known of trainings from before it was kept; then the weights alone are compared."""
_WRITTEN = (
    "config.json",
    "generation_config.json",
    "adapter_config.json",
    "model*.safetensors",
    "model.safetensors.index.json",
    "adapter_model*.safetensors",
    "tokenizer*.json",
    "tokenizer.model",
    "special_tokens_map.json",
    "added_tokens.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "additional_chat_templates",
    "left_out.jsonl",
    "runs",
    STAGING,
)
"""What a training leaves in its place beside card, plan and checkpoints."""
State = Literal["fresh", "interrupted", "done"]


def shape_of(settings: TrainSettings, data_digest: str, begin: Begin) -> dict[str, Any]:
    """What the weights are a function of: equal shapes, equal trainings."""
    return _shape(settings, data_digest, begin.digest or begin.place, begin.files)


def _shape(settings: TrainSettings, data_digest: str, model: str, files: str) -> dict[str, Any]:
    shape = settings.model_dump(mode="json", exclude=set(_NOT_SHAPING))
    for stage in ("dpo", "kto"):
        if settings.stage != stage:
            del shape[stage]
    return {**shape, "data": data_digest, "model": model, FILES: files}


def shape_of_card(card: RunCard) -> dict[str, Any]:
    """The shape of the fine-tuning that made a model."""
    digest = card.lineage[-1].digest if card.lineage else ""
    return _shape(
        TrainSettings.model_validate(card.config), digest, card.begun_from or card.model, card.begun_files
    )


def check_apart(settings: TrainSettings, begin: Begin | None = None) -> None:
    """What is read must not lie where the student shall be: `--force` would remove it.

    Raises:
        UsageError: model, data, or what the model is an adapter on are in the output directory, or are it.
    """
    out = settings.out.resolve()
    read = [("model", Path(settings.model)), ("data", settings.data)]
    base = begin.source.base if begin is not None and begin.source is not None else None
    while base is not None:
        read.append(("the adapter's model", base.directory))
        base = base.base
    for name, path in read:
        if path.exists() and path.resolve().is_relative_to(out):
            raise UsageError(f"{name} {path} is in the output directory {settings.out}; give another --out")


def look(
    out: Path,
    shape: dict[str, Any],
    stages: Collection[str] = STAGES,
    of_card: Callable[[RunCard], dict[str, Any]] = shape_of_card,
) -> State:
    """What is in the directory.

    Args:
        out: The directory.
        shape: Of the training that is wanted there.
        stages: That such a training can have.
        of_card: The shape of a finished one of these stages.

    Raises:
        CheckpointMismatch: another training, weights that were altered, or no training at all.
        ConfigError: a card that cannot be read.
    """
    if not out.exists():
        return "fresh"
    if not out.is_dir():
        raise CheckpointMismatch(f"{out} is a file; give a directory with --out")
    card = read_run_card(out)
    if card is not None:
        if card.stage not in stages:
            raise CheckpointMismatch(
                f"{out} holds a finished model of stage {card.stage}; give another --out, or --force to "
                "replace it"
            )
        _check_same(out, of_card(card), shape)
        _check_weights(out, card)
        return "done"
    if (out / PLAN).is_file():
        if not has_whole_one(out):
            return "fresh"  # nothing was trained yet that other settings could spoil
        _check_same(out, _read_plan(out), shape)
        return "interrupted"
    if any(path.name != LOCK for path in out.iterdir()):
        raise CheckpointMismatch(f"{out} is not empty and holds no training; give another --out")
    return "fresh"


def check_replaceable(out: Path) -> None:
    """Whether there is nothing, or a training, in the way of another one.

    Raises:
        CheckpointMismatch: the directory holds something else.
    """
    if not out.is_dir() or not any(path.name != LOCK for path in out.iterdir()):
        return
    if not (out / RUN_CARD).is_file() and not (out / PLAN).is_file():
        raise CheckpointMismatch(
            f"{out} holds no training, and --force replaces nothing else; give another --out"
        )


def replace_with(out: Path, shape: dict[str, Any]) -> None:
    """Take away the training that is there, and say what is trained now; other files are left alone.

    A crash in between leaves the old student whole, or a training that has not begun.

    Raises:
        CheckpointMismatch: the directory holds something else.
    """
    check_replaceable(out)
    remove_checkpoints(out)
    write_plan(out, shape)
    # The card goes first: whatever happens now, nobody takes the rest for a finished model.
    (out / RUN_CARD).unlink(missing_ok=True)
    for path in sorted({path for pattern in _WRITTEN for path in out.glob(pattern)}):
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def write_plan(out: Path, shape: dict[str, Any]) -> None:
    """Say what is trained here, before the first step and not before that is known to be possible."""
    partial = out / f".{PLAN}"
    partial.write_text(json.dumps(shape, indent=2) + "\n", encoding="utf-8")
    partial.replace(out / PLAN)


@contextmanager
def held(out: Path) -> Iterator[None]:
    """Keep every other process out of the directory; the hold ends with this process, however it ends.

    What ends before it has written anything leaves nothing, the directory included if it was not there.

    Raises:
        UsageError: another process trains there, or it cannot be written.
    """
    made = [path for path in (out, *out.parents) if not path.exists()]
    handle = _locked(out)
    try:
        yield
    finally:
        with suppress(OSError):
            if all(path.name == LOCK for path in out.iterdir()):
                (out / LOCK).unlink()
                for path in made:
                    path.rmdir()
        os.close(handle)


def _locked(out: Path) -> int:
    """A handle on the directory's lock. One that was taken away meanwhile, with its file, is none."""
    for _ in range(_TRIES):
        try:
            out.mkdir(parents=True, exist_ok=True)
            handle = os.open(out / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except FileNotFoundError:
            continue  # taken away between the two, by a training that left nothing
        except OSError as error:
            raise UsageError(f"cannot write {out} ({error.strerror}); choose another --out") from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            raise UsageError(
                f"another process is training in {out}; wait for it, or give another --out"
            ) from None
        if os.fstat(handle).st_nlink:
            return handle
        os.close(handle)
    raise UsageError(f"cannot write {out} (its lock is taken away again and again); choose another --out")


def publish(out: Path) -> None:
    """Move what was staged to its place; a crash in between leaves no card, so finishing is done again."""
    _readable(out / STAGING)
    for path in sorted((out / STAGING).iterdir()):
        target = out / path.name
        if target.is_dir():
            shutil.rmtree(target)
        path.replace(target)
    (out / STAGING).rmdir()


def _readable(staging: Path) -> None:
    """Give every file the mode of a new one: safetensors writes weights that their owner alone can read."""
    new = staging / ".new"
    new.touch()
    mode = new.stat().st_mode & 0o777
    new.unlink()
    for path in staging.rglob("*"):
        if path.is_file():
            path.chmod(mode)


def _read_plan(out: Path) -> dict[str, Any]:
    try:
        plan: dict[str, Any] = json.loads((out / PLAN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointMismatch(
            f"{out / PLAN} cannot be read ({error}); begin again with --force"
        ) from error
    return plan


def _check_weights(out: Path, card: RunCard) -> None:
    if weights_digest(out) != card.weights_digest:
        raise CheckpointMismatch(
            f"the weights in {out} are not those of its {RUN_CARD}; they were altered: train again with "
            "--force"
        )


def _check_same(out: Path, there: dict[str, Any], wanted: dict[str, Any]) -> None:
    if not there.get(FILES):
        wanted = {**wanted, FILES: there.get(FILES)}
    differing = [
        f"{name} is {_short(old)}, now {_short(new)}" for name, old, new in _differences(there, wanted)
    ]
    if differing:
        raise CheckpointMismatch(
            f"{out} holds another training ({'; '.join(differing[:3])}); give another --out, or --force to "
            "replace it"
        )


def _differences(
    there: dict[str, Any], wanted: dict[str, Any], prefix: str = ""
) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted({*there, *wanted}):
        old, new = there.get(name), wanted.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            yield from _differences(old, new, f"{prefix}{name}.")
        elif old != new:
            yield f"{prefix}{name}", old, new


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) <= 40 else text[:37] + "..."
