"""The battery that every tier must pass, here and on a user's own machine.

Each check runs a small program, or several, and compares what happened with what the sandbox
promises. Those marked raw run without the language policy: the tier alone has to hold. A promise that
the tier says it cannot keep on this machine (`IsolationLevel.promises`) is reported as such, not as
kept. Does not cover: what holds only over thousands of programs (`blazer bench soak`), and timing
(`blazer bench sandbox`).
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from typing import Literal

from blazer.core.records import Record
from blazer.sandbox.battery import limits, ordinary, sequences, walls
from blazer.sandbox.battery.frame import Box, CannotSay, Check, Kind, PlainBox, WorldBox
from blazer.sandbox.limits import Limits

__all__ = ["CHECKS", "QUICK", "Check", "Checked", "PlainBox", "WorldBox", "run_check", "run_conformance"]

QUICK = Limits(wall_s=2.5, skill_s=10.0, memory_mb=192, output_stop_kb=1024, skill_calls=50, simulated_s=20.0)
"""Short limits, with which the battery takes a minute or two; long enough for a slow or busy machine to
reach the other limits before that of time."""

CHECKS: tuple[Check, ...] = (*ordinary.CHECKS, *limits.CHECKS, *walls.CHECKS, *sequences.CHECKS)


class Checked(Record):
    """What became of a check."""

    name: str
    kept: bool | None
    """None where it is not promised here, or nobody can say."""
    says: str
    """The promise, in words."""
    why: str = ""
    """What was wrong, or why nobody can say."""
    raw: bool = False
    wall_s: float = 0.0

    @property
    def mark(self) -> Literal["kept", "broken", "not promised"]:
        """For people."""
        return {True: "kept", False: "broken", None: "not promised"}[self.kept]  # type: ignore[return-value]


def checks_for(kind: Kind) -> tuple[Check, ...]:
    """Those that are about programs with a world, or without."""
    return tuple(check for check in CHECKS if check.only in (None, kind))


async def run_check(box: Box, check: Check) -> Checked:
    """One check on one sandbox."""
    level, began = box.isolation, time.monotonic()
    kept: bool | None = None
    if check.promise and not level.promises.get(check.promise):
        why = f"the {level.tier} tier does not promise {check.promise} here"
    else:
        try:
            why = await check.probe(box)
            kept = not why
        except CannotSay as reason:
            why = str(reason)
    return Checked(
        name=check.name,
        kept=kept,
        says=check.says,
        why=why,
        raw=check.raw,
        wall_s=round(time.monotonic() - began, 3),
    )


async def run_conformance(box: Box, checks: Sequence[Check] | None = None) -> AsyncIterator[Checked]:
    """The checks, one after the other, as they are done.

    Args:
        box: On an open sandbox; `QUICK` limits make it quick.
        checks: Which; all that are about this kind of sandbox when not given.

    Raises:
        SandboxError: if the sandbox itself failed.
    """
    for check in checks_for(box.kind) if checks is None else checks:
        yield await run_check(box, check)
