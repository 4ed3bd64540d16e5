"""Whose is it? Names for what a host leaves on a machine, so that the next one can tell the dead's.

A process is known by boot, number and start time, because numbers come again.
"""

from __future__ import annotations

import os
from pathlib import Path


def boot_id() -> str:
    """Of this boot of this machine."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def start_time(pid: int) -> str:
    """When the process started, in ticks since boot; "" if there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return ""


def owner_name() -> str:
    """This process, as part of a file's name."""
    return f"{boot_id()[:8]}-{os.getpid()}-{start_time(os.getpid())}"


def abandoned_name(name: str) -> bool:
    """Whether the process that a name begins with is gone; what is no such name is nobody's to judge."""
    boot, pid, started = [*name.split("-"), "", "", ""][:3]
    if len(boot) != 8 or not pid.isdigit() or not started.isdigit():
        return False
    return boot != boot_id()[:8] or start_time(int(pid)) != started
