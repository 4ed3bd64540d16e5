"""What the checks are made of: the record, the exception, and a few moves they share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from blazer.core.errors import SimulatorError
from blazer.core.geometry import Array
from blazer.sim.probe import path, solve
from blazer.sim.protocol import MotionResult, Simulator
from blazer.sim.scene import Scene

Factory = Callable[[], Simulator]


class Capability(StrEnum):
    """What a backend may lack and say so."""

    PHYSICS = "physics"
    PICTURES = "pictures"


class NonConformance(SimulatorError):
    """A backend does not do what the protocol says."""


class Check(NamedTuple):
    """One named check."""

    name: str
    run: Callable[[Factory], None]
    needs: frozenset[Capability] = frozenset()


def check(run: Callable[[Factory], None], *needs: Capability) -> Check:
    """A check named after its function."""
    return Check(run.__name__, run, frozenset(needs))


def require(condition: bool, message: str) -> None:
    """Raise `NonConformance` unless the condition holds."""
    if not condition:
        raise NonConformance(message)


@contextmanager
def loaded(factory: Factory, scene: Scene, *, settle: bool = True) -> Iterator[Simulator]:
    """A simulator with a scene, closed at the end."""
    sim = factory()
    try:
        sim.load(scene)
        if settle:
            sim.settle()
        yield sim
    finally:
        sim.close()


def go(
    sim: Simulator,
    position_m: tuple[float, float, float],
    yaw_rad: float = 0.0,
    *,
    allow: frozenset[str] = frozenset(),
    count: int = 300,
    stop_on_contact: bool = True,
) -> MotionResult:
    """Move in joint space so that the tcp ends at a position, pointing down."""
    start = sim.joint_positions_rad()
    goal = solve(position_m, yaw_rad, start)
    return sim.follow(path(start, goal, count), allow=allow, stop_on_contact=stop_on_contact)


def refuses(action: Callable[[], object]) -> bool:
    """Whether an action raises SimulatorError."""
    try:
        action()
    except SimulatorError:
        return True
    return False


def near(first: object, second: object, tolerance: float) -> bool:
    """Whether two vectors agree to within a tolerance in every component."""
    a: Array = np.asarray(first, float)
    return bool(np.abs(a - np.asarray(second, float)).max() <= tolerance)
