"""How much memory this process's sandbox workers use, as the kernel counts it.

Sees worlds and guests that are children, as in the process tier; containers are the daemon's
children and are not seen.
"""

from __future__ import annotations

import os

from blazer.eval.gauges import WORLD, command_of, descendants, rss_mb

_GUEST = "guest/main.py"


def worker_rss_mb() -> float | None:
    """The largest resident memory of a world plus that of a guest now; None if there is no world."""
    worlds, guests = [], [0.0]
    for pid in descendants(os.getpid()):
        command, size_mb = command_of(pid), rss_mb(pid)
        if WORLD in command:
            worlds.append(size_mb)
        elif _GUEST in command:
            guests.append(size_mb)
    return max(worlds) + max(guests) if worlds else None
