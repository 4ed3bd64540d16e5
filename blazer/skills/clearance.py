"""What counts as free: collision queries with the tolerances that manipulation needs.

Everywhere a margin is kept, because a controller does not track exactly. The exceptions are tied to
the two ends of a motion: an end that is itself close to some bodies (fingers around an object, a
ring over its peg) may come close to those bodies, on the way near that end, too. On top of that a
start may still lean on something, and at a goal a held object may press a little into what it is
put on.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from blazer.sim.protocol import Contact, Simulator

Array = NDArray[np.float64]

MARGIN_M = 0.004
NEAR_RAD = 0.35
"""How far along the way the exceptions of an end reach."""
PRESS_M = 0.002
_MAX_BODIES = 8


class End(NamedTuple):
    """A start or goal that is free, or free enough.

    Attributes:
        joint_rad: (7,).
        touching: Bodies whose touch is tolerated there.
        close: Those, and bodies within the margin.
    """

    joint_rad: Array
    touching: frozenset[str]
    close: frozenset[str]


class Clearance:
    """Queries under one set of permissions.

    Args:
        sim: Asked, never moved.
        allow: Bodies that may be touched anywhere.
        held: What the fingers hold.
    """

    def __init__(self, sim: Simulator, allow: frozenset[str], held: str | None) -> None:
        self._sim, self._allow, self._held = sim, allow, held

    def start(self, joint_rad: Array) -> End:
        """The end of a motion that begins here, whatever is touched already."""
        if self._hit(joint_rad[None], frozenset(), MARGIN_M) is None:
            return End(joint_rad, frozenset(), frozenset())
        touching = self._bodies(joint_rad, frozenset(), 0.0)
        return End(joint_rad, touching, self._bodies(joint_rad, touching, MARGIN_M))

    def goal(self, joint_rad: Array) -> End | Contact:
        """The end of a motion that stops here, or the contact that forbids it."""
        if self._hit(joint_rad[None], frozenset(), MARGIN_M) is None:
            return End(joint_rad, frozenset(), frozenset())
        touching = frozenset[str]()
        while (hit := self._hit(joint_rad[None], touching, 0.0)) is not None:
            contact = hit[1]
            other = obstacle(contact, self._held)
            pressed = self._held in contact[:2] and contact.depth_m <= PRESS_M
            if self._held is None or not pressed or other in touching:
                return contact
            touching |= {other}
        return End(joint_rad, touching, self._bodies(joint_rad, touching, MARGIN_M))

    def first_hit(
        self, path_rad: Array, ends: list[End], margin_m: float = MARGIN_M
    ) -> tuple[int, Contact] | None:
        """The first collision on a path (n, 7), with the exceptions near each of the ends."""
        if not any(end.close for end in ends):
            return self._hit(path_rad, frozenset(), margin_m)
        nearest = _nearest(path_rad, ends)
        first: tuple[int, Contact] | None = None
        for index, end in enumerate([*ends, None]):
            rows = np.flatnonzero(nearest == (index if end is not None else -1))
            for extra, margin in _rules(end, margin_m):
                hit = self._hit(path_rad[rows], extra, margin) if len(rows) else None
                if hit is not None and (first is None or rows[hit[0]] < first[0]):
                    first = int(rows[hit[0]]), hit[1]
        return first

    def _hit(
        self, configurations_rad: Array, extra: frozenset[str], margin_m: float
    ) -> tuple[int, Contact] | None:
        return self._sim.first_collision(configurations_rad, allow=self._allow | extra, margin_m=margin_m)

    def _bodies(self, joint_rad: Array, known: frozenset[str], margin_m: float) -> frozenset[str]:
        """`known` and all bodies of the scene within a margin."""
        found = known
        for _ in range(_MAX_BODIES):
            hit = self._hit(joint_rad[None], found, margin_m)
            if hit is None:
                break
            more = {name for name in hit[1][:2] if name != self._held and not name.startswith("robot:")}
            if not more - found:
                break
            found |= more
        return found


def obstacle(contact: Contact, held: str | None) -> str:
    """The body of a contact that belongs to the scene: not the robot, not what it holds."""
    for name in contact[:2]:
        if name != held and not name.startswith("robot:"):
            return name
    return contact.second


def _nearest(path_rad: Array, ends: list[End]) -> NDArray[np.int64]:
    """For each of (n, 7) the index of the nearest end with exceptions, -1 where none is near."""
    gaps = np.stack(
        [
            np.abs(path_rad - end.joint_rad).max(axis=1) if end.close else np.full(len(path_rad), np.inf)
            for end in ends
        ]
    )
    nearest: NDArray[np.int64] = gaps.argmin(axis=0)
    nearest[gaps.min(axis=0) > NEAR_RAD] = -1
    return nearest


def _rules(end: End | None, margin_m: float) -> tuple[tuple[frozenset[str], float], ...]:
    """What may be touched, and the margin to everything else; all rules must hold."""
    if end is None:
        return ((frozenset(), margin_m),)
    return ((end.close, margin_m), (end.touching, 0.0))
