"""What a device could do at most: dense bfloat16 operations a second, from its maker's data sheets.

Only dense figures: data sheets print the double of it, with the sparsity that no such training
uses. Names are matched whole, as the driver says them: an "RTX 4090 D", a laptop part or a slice of
a shared card is another device, and for a device that is not here there is no utilisation unless
the peak is given. For float32 there is none either: it would be set against another unit's peak.

A processor has no data sheet worth the name (clock, width and cores differ by the hour on shared
machines), so its peak is measured: the best of several large matrix products in the same run, by
the same library and threads. It says how much of what products reach here training reaches, and is
no figure to compare with a GPU's.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import torch

_H100 = "NVIDIA H100 Tensor Core GPU data sheet"
_H200 = "NVIDIA H200 Tensor Core GPU data sheet"
_A100 = "NVIDIA A100 Tensor Core GPU data sheet"
_ADA = "NVIDIA Ada GPU architecture white paper"
_SIDE, _REPEATS = 1024, 7


class Known(NamedTuple):
    """A row of the table.

    Attributes:
        pattern: Of the whole device name, as `torch.cuda.get_device_name` gives it.
        tflops: Dense bfloat16 with float32 sums, 10^12 operations a second.
        source: Whose figure that is.
    """

    pattern: str
    tflops: float
    source: str


KNOWN: tuple[Known, ...] = (
    Known(r"NVIDIA H200", 989.0, f"{_H200}, SXM: 1,979 with sparsity"),
    Known(r"NVIDIA H200 NVL", 835.5, f"{_H200}, NVL: 1,671 with sparsity"),
    Known(r"NVIDIA H100 80GB HBM3", 989.0, f"{_H100}, SXM: 1,979 with sparsity"),
    Known(r"NVIDIA H100 NVL", 835.5, f"{_H100}, NVL: 1,671 with sparsity"),
    Known(r"NVIDIA H100 PCIe", 756.0, f"{_H100}, PCIe: 1,513 with sparsity"),
    Known(r"NVIDIA GH200 \d+GB", 989.0, "NVIDIA GH200 data sheet: 1,979 with sparsity"),
    Known(r"NVIDIA A100(-SXM4|-SXM|-PCIE|-PCIe)?[- ](40|80)GB( PCIe)?", 312.0, _A100),
    Known(r"NVIDIA A40", 149.7, "NVIDIA A40 data sheet"),
    Known(r"NVIDIA A30", 165.0, "NVIDIA A30 data sheet"),
    Known(r"NVIDIA A10", 125.0, "NVIDIA A10 data sheet"),
    Known(r"NVIDIA RTX A6000", 154.8, "NVIDIA Ampere GA102 architecture white paper"),
    Known(r"NVIDIA L40S", 362.05, "NVIDIA L40S data sheet"),
    Known(r"NVIDIA L40", 181.05, "NVIDIA L40 data sheet"),
    Known(r"NVIDIA L4", 121.0, "NVIDIA L4 data sheet: 242 with sparsity"),
    Known(r"NVIDIA GeForce RTX 3090", 71.0, "NVIDIA Ampere GA102 architecture white paper"),
    Known(r"NVIDIA GeForce RTX 4090", 165.2, _ADA),
    Known(r"NVIDIA GeForce RTX 5090", 209.5, "NVIDIA RTX Blackwell architecture white paper"),
)


class Peak(NamedTuple):
    """What one device could do at most.

    Attributes:
        tflops: 10^12 operations a second; None where nobody knows.
        source: Where the figure is from, or why there is none.
    """

    tflops: float | None
    source: str


def known_peak(device: str) -> Peak:
    """The table's figure for a GPU by its driver's name."""
    for row in KNOWN:
        if re.fullmatch(row.pattern, device):
            return Peak(row.tflops, f"{row.source}, dense bfloat16")
    return Peak(None, f"no figure for {device!r}; give it with --peak-tflops")


def measured_peak(dtype: torch.dtype) -> Peak:
    """The best that square matrix products reach on the processor, now and with these threads."""
    import torch  # noqa: PLC0415  (heavy, and only wanted here)

    n = _SIDE
    left, right = torch.rand(n, n).to(dtype), torch.rand(n, n).to(dtype)
    fastest_s = float("inf")
    for _ in range(_REPEATS):
        begun_s = time.perf_counter()
        torch.mm(left, right)
        fastest_s = min(fastest_s, time.perf_counter() - begun_s)
    name = str(dtype).removeprefix("torch.")
    source = (
        f"measured here: best of {_REPEATS} {n}x{n} products in {name}, {torch.get_num_threads()} threads"
    )
    return Peak(2.0 * n**3 / fastest_s / 1e12, source)
