"""How much a program may use. Every limit is enforced from outside the guest."""

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from blazer.core.records import Record

DAY_S = 86_400.0
MAX_OUTPUT_KB = 2**20
"""What is kept lies in the host's memory."""
_DEFAULT_OUTPUT_KB = 64


class Limits(Record):
    """Limits of one run of one program; the defaults suit a program of a few dozen skill calls.

    Raises:
        ValidationError: for a number that is no limit, or more output kept than stops the program.
    """

    wall_s: float = Field(default=20.0, gt=0, le=DAY_S, allow_inf_nan=False)
    """The program's own time on each seed: from `go` to its end, without the time that skills take.
    So a slow machine or simulator does not turn a good program into a time-out."""
    policy_s: float = Field(default=10.0, gt=0, le=DAY_S, allow_inf_nan=False)
    """Reading and compiling the program; beyond, it is refused."""
    simulated_s: float = Field(default=300.0, gt=0, le=DAY_S, allow_inf_nan=False)
    """Simulated time of an episode; a task's own `time_limit_s` counts where it is shorter."""
    skill_calls: int = Field(default=400, gt=0, le=10**7)
    """Skill calls on each seed."""
    skill_s: float = Field(default=120.0, gt=0, le=DAY_S, allow_inf_nan=False)
    """Longest wall time of one skill call; beyond, the world is taken for dead (never the
    program's fault: planning and physics are bounded by other limits)."""
    memory_mb: int = Field(default=512, ge=64, le=10**8)
    """Of the guest."""
    output_kb: int = Field(default=_DEFAULT_OUTPUT_KB, gt=0, le=MAX_OUTPUT_KB)
    """Printed text that is kept: half from the start, half from the end. The total is counted.
    At most `output_stop_kb`, and that where only it is given and is less than the default."""
    output_stop_kb: int = Field(default=4096, gt=0, le=10**9)
    """Printed text at which the program is stopped."""
    source_kb: int = Field(default=64, gt=0, le=256)
    """Longest program."""
    pids: int = Field(default=64, gt=0, le=2**15)
    """Processes and threads of the guest's container. The process tier allows none beside the guest."""
    files: int = Field(default=64, ge=16, le=2**16)
    """Open files of the guest."""
    guest_start_s: float = Field(default=60.0, gt=0, le=DAY_S, allow_inf_nan=False)
    """Longest wait for a free guest; beyond, the sandbox says that it is busy."""
    world_start_s: float = Field(default=120.0, gt=0, le=DAY_S, allow_inf_nan=False)
    """Longest wait for a world to start or to load a task."""

    @model_validator(mode="before")
    @classmethod
    def _keep_no_more_than_stops(cls, given: Any) -> Any:
        stop = given.get("output_stop_kb") if isinstance(given, dict) else None
        if type(stop) is int and 0 < stop < _DEFAULT_OUTPUT_KB:
            return {"output_kb": stop, **given}
        return given

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.output_kb > self.output_stop_kb:
            raise ValueError(
                f"output_kb is {self.output_kb}, but the program is stopped at output_stop_kb, "
                f"{self.output_stop_kb}: keep less or stop later"
            )
        return self
