"""How much memory a training takes: what it must have before it begins, and what it had at most.

The check beforehand counts weights, gradients and the optimizer's two moments, not activations: it
refuses what cannot be, at once and by name, where a machine without it would be driven into its
swap or have processes of others killed. What passes may still be too much.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from typing import NamedTuple

from blazer.training.errors import OutOfMemory
from blazer.training.learning.libraries import library

GB = 1e9
_FP32, _BF16, _NF4 = 4.0, 2.0, 0.5


class Peak(NamedTuple):
    """The most memory that was held.

    Attributes:
        gb: In 10^9 bytes.
        source: What was asked.
    """

    gb: float
    source: str


def bytes_needed(frozen: int, trained: int, frozen_bytes: float) -> float:
    """Weights, gradients and AdamW's moments; what is trained is kept in float32 all four times."""
    return frozen * frozen_bytes + trained * 4 * _FP32


def width_of_frozen(bf16: bool, quantized: bool) -> float:
    """Bytes of a weight that is not trained."""
    if quantized:
        return _NF4
    return _BF16 if bf16 else _FP32


def check_room(model: str, needed: float, free: float, where: str, *, full: bool) -> None:
    """Whether weights and optimizer fit at all.

    Raises:
        OutOfMemory: they do not.
    """
    if needed <= free:
        return
    advice = "train an adapter (--method lora)" if full else "take 4-bit weights (--set lora.quantize=4bit)"
    raise OutOfMemory(
        f"{model} needs {needed / GB:.1f} GB for weights, gradients and optimizer alone, and {where} has "
        f"{free / GB:.1f} GB free; {advice}, a smaller shape or a larger machine"
    )


def free_bytes(device: str) -> float:
    """What is free now on the device that is used; infinite where nobody says."""
    if device == "cuda":
        free, _ = library("torch").cuda.mem_get_info()
        return float(free)
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return float("inf")
    fields = dict(line.split(":", 1) for line in lines)
    return float(fields["MemAvailable"].split()[0]) * 1024


def reset_peak(device: str) -> None:
    """Begin anew, where that can be done."""
    if device == "cuda":
        library("torch").cuda.reset_peak_memory_stats()


def peak(device: str) -> Peak:
    """The most that was held: by tensors on a GPU, by the whole process on a CPU."""
    if device == "cuda":
        return Peak(library("torch").cuda.max_memory_allocated() / GB, "torch.cuda.max_memory_allocated")
    unit = 1 if sys.platform == "darwin" else 1024
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return Peak(rss / GB, "resident memory of the process, libraries included")
