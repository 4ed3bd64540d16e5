"""What libraries raise, in words that say what to change."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from blazer.training.errors import OutOfMemory, TrainingError
from blazer.training.learning.libraries import library
from blazer.training.learning.settings import TrainSettings

_CPU_MEMORY = ("DefaultCPUAllocator", "not enough memory", "can't allocate memory")
_NO_ROOM = ("No space left on device", "Disk quota exceeded", "file write failed")
_ADVICE = (
    "lower optim.batch_size and raise optim.accumulation by as much, set gradient_checkpointing, "
    "train an adapter (lora.rank), or take a smaller model"
)


def told(settings: TrainSettings) -> AbstractContextManager[None]:
    """Say what to change where memory or disk is too small for a fine-tuning.

    Raises:
        OutOfMemory: of the GPU or the machine.
        TrainingError: the disk is full.
    """
    return told_of(settings.out, f"batch {settings.optim.batch_size}", _ADVICE)


@contextmanager
def told_of(out: Path, size: str, advice: str) -> Iterator[None]:
    """Say what to change where memory or disk is too small; let everything else pass.

    Args:
        out: Where the training is.
        size: What may be too large.
        advice: What to change.

    Raises:
        OutOfMemory: of the GPU or the machine.
        TrainingError: the disk is full.
    """
    torch = library("torch")
    broken = library("safetensors").SafetensorError
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(f"the GPU has too little memory for {size}; {advice}") from error
    except MemoryError as error:
        raise OutOfMemory(f"the machine has too little memory for {size}; {advice}") from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _no_room(out) from error
    except (RuntimeError, broken) as error:
        text = str(error)
        if any(words in text for words in _CPU_MEMORY):
            raise OutOfMemory(f"the machine has too little memory for {size}; {advice}") from error
        if any(words in text for words in _NO_ROOM):
            raise _no_room(out) from error
        raise


def _no_room(out: Path) -> TrainingError:
    return TrainingError(
        f"no room left for {out}; free some disk space and run the same again, which goes on from "
        "the last whole checkpoint"
    )
