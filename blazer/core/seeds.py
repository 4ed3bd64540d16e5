"""Which seeds are for what. Three ranges that never meet, so that nothing learnt is ever a test.

Collecting uses seeds below all of them. A seed of one range lays other tables than that of another,
since every draw comes from the seed.
"""

from __future__ import annotations

VERIFY_SEED_RANGE = (1_000_000, 2_000_000)
"""Further layouts on which a program is verified. The end is exclusive."""
EVALUATION_SEED_RANGE = (2_000_000, 3_000_000)
"""Held out: models are compared on these. No data set may hold one. The end is exclusive."""


def is_evaluation_seed(seed: int) -> bool:
    """Whether a seed is kept for evaluation."""
    return EVALUATION_SEED_RANGE[0] <= seed < EVALUATION_SEED_RANGE[1]


def evaluation_seeds_in(start: int, stop: int) -> tuple[int, int] | None:
    """Those from `start` to before `stop` that are kept for evaluation, the end exclusive; None for none."""
    first, end = max(start, EVALUATION_SEED_RANGE[0]), min(stop, EVALUATION_SEED_RANGE[1])
    return (first, end) if first < end else None
