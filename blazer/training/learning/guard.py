"""What libraries raise, in words that say what to change."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from blazer.training.errors import OutOfMemory, TrainingError
from blazer.training.learning.libraries import library
from blazer.training.learning.settings import TrainSettings

_CPU_MEMORY = ("DefaultCPUAllocator", "not enough memory", "can't allocate memory")
_NO_ROOM = ("No space left on device", "Disk quota exceeded", "file write failed")
_ADVICE = (
    "lower optim.batch_size and raise optim.accumulation by as much, set gradient_checkpointing, "
    "train an adapter (lora.rank), or take a smaller model"
)


@contextmanager
def told(settings: TrainSettings) -> Iterator[None]:
    """Say what to change where memory or disk is too small; let everything else pass.

    Raises:
        OutOfMemory: of the GPU or the machine.
        TrainingError: the disk is full.
    """
    torch = library("torch")
    broken = library("safetensors").SafetensorError
    size = f"batch {settings.optim.batch_size}"
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise OutOfMemory(f"the GPU has too little memory for {size}; {_ADVICE}") from error
    except MemoryError as error:
        raise OutOfMemory(f"the machine has too little memory for {size}; {_ADVICE}") from error
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _no_room(settings) from error
    except (RuntimeError, broken) as error:
        text = str(error)
        if any(words in text for words in _CPU_MEMORY):
            raise OutOfMemory(f"the machine has too little memory for {size}; {_ADVICE}") from error
        if any(words in text for words in _NO_ROOM):
            raise _no_room(settings) from error
        raise


def _no_room(settings: TrainSettings) -> TrainingError:
    return TrainingError(
        f"no room left for {settings.out}; free some disk space and run the same again, which goes on from "
        "the last whole checkpoint"
    )
