"""One process or several (`accelerate launch`): who writes, who follows."""

from __future__ import annotations

import os

from blazer.training.learning.libraries import library


def follows() -> bool:
    """Whether this is one of several processes and not the first."""
    return not is_first()


def is_first() -> bool:
    """Whether this process writes what all of them made."""
    return int(os.environ.get("RANK", "0")) == 0


def are_several() -> bool:
    """Whether several processes train together."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1


def others_wait() -> None:
    """Go on when all processes are here; nothing where there is one."""
    if are_several():
        library("accelerate").PartialState().wait_for_everyone()
