"""Named random streams: every random choice comes from a stream of a root seed.

Two streams with different names are independent; the same seed and names give the same stream on
every machine. The global generators of `random` and numpy are never used.
"""

from __future__ import annotations

import hashlib

import numpy as np


def stream_seed(root_seed: int, *names: str | int) -> int:
    """A 64-bit seed for the stream called `names` of `root_seed`."""
    text = "\x1f".join([str(int(root_seed)), *(str(name) for name in names)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "little")


def stream(root_seed: int, *names: str | int) -> np.random.Generator:
    """A numpy generator for the stream called `names` of `root_seed`."""
    return np.random.Generator(np.random.PCG64(stream_seed(root_seed, *names)))
