"""Intervals for success rates. The Wilson score interval, because n is small and rates are near 0 or 1."""

from __future__ import annotations

import math
from typing import NamedTuple

Z_95 = 1.959963984540054
"""Two-sided 95 % quantile of the standard normal distribution."""


class Interval(NamedTuple):
    """A rate with its confidence interval, all in [0, 1]."""

    rate: float
    low: float
    high: float
    n: int


def wilson(successes: int, n: int, z: float = Z_95) -> Interval:
    """The Wilson score interval of a binomial rate.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927).

    Args:
        successes: How many of `n` succeeded.
        n: How many were decided.
        z: Normal quantile; 95 % by default.

    Raises:
        ValueError: if `n` is not positive (no trials have no rate), or `successes` is not in [0, n].
    """
    if n <= 0:
        raise ValueError("a success rate of no trials does not exist")
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} trials cannot be")
    return Interval(successes / n, *wilson_bounds(successes / n, n, z), n)


def wilson_bounds(rate: float, n: float, z: float = Z_95) -> tuple[float, float]:
    """The ends of the Wilson score interval around `rate`, of `n` trials or of what is worth as many.

    Raises:
        ValueError: if `n` is not positive, or `rate` is not in [0, 1].
    """
    if n <= 0 or not 0.0 <= rate <= 1.0:
        raise ValueError(f"a rate of {rate} in {n} trials cannot be")
    spread = z * z / n
    center = (rate + spread / 2) / (1 + spread)
    half = z / (1 + spread) * math.sqrt(rate * (1 - rate) / n + spread / (4 * n))
    low = 0.0 if rate == 0.0 else max(0.0, center - half)
    high = 1.0 if rate == 1.0 else min(1.0, center + half)
    return low, high
