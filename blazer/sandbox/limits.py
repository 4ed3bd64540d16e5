"""How much a program may use. Every limit is enforced from outside the guest."""

from __future__ import annotations

from pydantic import Field

from blazer.core.records import Record


class Limits(Record):
    """Limits of one run of one program; the defaults suit a program of a few dozen skill calls."""

    wall_s: float = Field(default=20.0, gt=0)
    """The program's own time on each seed: from `go` to its end, without the time that skills take.
    So a slow machine or simulator does not turn a good program into a time-out."""
    policy_s: float = Field(default=10.0, gt=0)
    """Reading and compiling the program; beyond, it is refused."""
    simulated_s: float = Field(default=300.0, gt=0)
    """Simulated time of an episode; a task's own `time_limit_s` counts where it is shorter."""
    skill_calls: int = Field(default=400, gt=0)
    """Skill calls on each seed."""
    skill_s: float = Field(default=120.0, gt=0)
    """Longest wall time of one skill call; beyond, the world is taken for dead (never the
    program's fault: planning and physics are bounded by other limits)."""
    memory_mb: int = Field(default=512, ge=64)
    """Of the guest."""
    output_kb: int = Field(default=64, gt=0)
    """Printed text that is kept: half from the start, half from the end. The total is counted."""
    output_stop_kb: int = Field(default=4096, gt=0)
    """Printed text at which the program is stopped."""
    source_kb: int = Field(default=64, gt=0, le=256)
    """Longest program."""
    pids: int = Field(default=64, gt=0)
    """Processes and threads of the guest's container. The process tier allows none beside the guest."""
    files: int = Field(default=64, ge=16)
    """Open files of the guest."""
    guest_start_s: float = Field(default=60.0, gt=0)
    """Longest wait for a free guest; beyond, the sandbox says that it is busy."""
    world_start_s: float = Field(default=120.0, gt=0)
    """Longest wait for a world to start or to load a task."""
