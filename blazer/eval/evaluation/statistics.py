"""Numbers from outcomes: pass@k, exact paired tests, clustered intervals. Knows nothing of models or runs.

The decision to question: tasks are fixed, layouts are drawn. Every resample therefore keeps each task's
number of layouts and draws layouts within it; a layout brings all its samples along.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from blazer.core.rng import stream
from blazer.eval.intervals import wilson_bounds

_BLOCK = 2_000_000
"""Draws in memory at a time."""


class Bounds(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


def pass_at_k(n: int, successes: int, k: int) -> float:
    """Unbiased estimate of the chance that at least one of `k` programs succeeds, from `n` of one layout.

    Source: M. Chen et al., "Evaluating large language models trained on code", arXiv 2107.03374 (2021),
    equation 1: 1 - C(n - c, k) / C(n, k).

    Raises:
        ValueError: if `k` is not in [1, n] or `successes` not in [0, n].
    """
    if not 1 <= k <= n:
        raise ValueError(f"pass@{k} cannot be estimated from {n} samples; k goes from 1 to {n}")
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} samples cannot be")
    return 1.0 - math.comb(n - successes, k) / math.comb(n, k)


def ks_of(samples: int) -> tuple[int, ...]:
    """Which k are shown of so many samples: 1, 2, 4, 8 ... and the number itself."""
    powers = [2**i for i in range(samples.bit_length()) if 2**i <= samples]
    return tuple(sorted({*powers, samples}))


def sign_test(one: int, other: int) -> float:
    """Two-sided exact p value of so many pairs in favour of one side and of the other; ties do not count.

    With one yes-or-no result a side this is McNemar's exact test: Q. McNemar, "Note on the sampling error of
    the difference between correlated proportions or percentages", Psychometrika 12 (1947).

    Raises:
        ValueError: for a negative number.
    """
    if one < 0 or other < 0:
        raise ValueError(f"{one} and {other} pairs cannot be")
    n, term, tail = one + other, 1, 0
    for i in range(min(one, other) + 1):
        tail += term  # of n, i
        term = term * (n - i) // (i + 1)
    return float(min(1.0, 2 * tail / 2**n))


def effective_n(successes: Sequence[int], sizes: Sequence[int]) -> float:
    """How many independent episodes clusters of episodes are worth, never more than there are.

    Source: J. N. K. Rao and A. J. Scott, "A simple method for the analysis of clustered binary data",
    Biometrics 48 (1992): episodes by the design effect. Where all succeed or all fail the effect cannot be
    seen, and each cluster counts as one episode.

    Raises:
        ValueError: if there is no cluster.
    """
    if not sizes:
        raise ValueError("no clusters have no effective number")
    n, clusters = sum(sizes), len(sizes)
    if n == clusters:
        return float(n)
    rate = sum(successes) / n
    if rate in (0.0, 1.0) or clusters == 1:
        return float(clusters)
    spread = sum((c - size * rate) ** 2 for c, size in zip(successes, sizes, strict=True))
    effect = clusters / (clusters - 1) * spread / (n * rate * (1 - rate))
    return n / max(1.0, effect)


def wilson_effective(rate: float, n_effective: float) -> Bounds:
    """Wilson's interval around a rate of so many independent episodes."""
    return Bounds(*wilson_bounds(rate, n_effective))


def paired_bootstrap(
    differences: Mapping[str, Sequence[float]], seed: int, *names: str, resamples: int = 10_000
) -> Bounds:
    """95 % percentile interval of the mean over tasks of the mean difference of a task's layouts.

    Args:
        differences: Task -> one difference for each layout.
        seed: Root of the stream.
        names: Of the stream; a task's draws also bear its name, so that they do not depend on other tasks.
        resamples: How many.

    Raises:
        ValueError: if there is no task, or one without a layout.
    """
    if not differences or not all(len(values) for values in differences.values()):
        raise ValueError("differences of nothing have no interval")
    total = np.zeros(resamples)
    for task, values in differences.items():
        rng = stream(seed, "evaluation", "bootstrap", *names, task)
        found = np.asarray(values, dtype=float)
        step = max(1, _BLOCK // len(found))
        for start in range(0, resamples, step):
            count = min(step, resamples - start)
            drawn = rng.integers(0, len(found), size=(count, len(found)))
            total[start : start + count] += found[drawn].mean(axis=1)
    low, high = np.quantile(total / len(differences), [0.025, 0.975])
    return Bounds(float(low), float(high))
