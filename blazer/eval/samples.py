"""Percentiles that mean something: with too few samples there is none, and none of nothing is an error."""

from __future__ import annotations

import math
from collections.abc import Sequence

from blazer.core.errors import SandboxError


def least(percent: float) -> int:
    """How many samples it takes until two of them lie beyond the percentile: 4, 40, 200 for 50, 95, 99."""
    return math.ceil(round(2 / (1 - percent / 100), 6))


def percentile(samples: Sequence[float], percent: float, what: str) -> float | None:
    """The percentile, interpolated; None where there are fewer than `least` samples.

    Args:
        samples: In any order.
        percent: 0 to below 100.
        what: Names the samples, for the error.

    Raises:
        SandboxError: if there are no samples; a figure of nothing would look like a good one.
    """
    if not samples:
        raise SandboxError(f"no sample of {what} was taken; nothing can be said of it")
    if len(samples) < least(percent):
        return None
    ordered = sorted(samples)
    place = (len(ordered) - 1) * percent / 100
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return round(ordered[below] + (ordered[above] - ordered[below]) * (place - below), 3)
