"""Named random streams: every random choice comes from a stream of a root seed.

Two streams with different names are independent; the same seed and names give the same stream on
every machine. The global generators of `random` and numpy are never used.
"""

from __future__ import annotations

import hashlib

import numpy as np

from blazer.core.errors import UsageError

MAX_SEED = 2**31 - 1
"""The largest seed that a person may ask for."""


def check_seed(seed: int) -> None:
    """Refuse a seed that is none.

    Raises:
        UsageError: if it is negative or beyond `MAX_SEED`.
    """
    if not 0 <= seed <= MAX_SEED:
        raise UsageError(f"seed {seed} is none; seeds go from 0 to {MAX_SEED}")


def stream_seed(root_seed: int, *names: str | int) -> int:
    """A 64-bit seed for the stream called `names` of `root_seed`."""
    text = "\x1f".join([str(int(root_seed)), *(str(name) for name in names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def stream(root_seed: int, *names: str | int) -> np.random.Generator:
    """A numpy generator for the stream called `names` of `root_seed`."""
    return np.random.Generator(np.random.PCG64(stream_seed(root_seed, *names)))
