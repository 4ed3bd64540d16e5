"""Which contacts count: one rule for planned and for executed motion.

Every geom gets a code for the occasion, and a small table says which pairs of codes are a
collision. Looking the whole contact list up in that table costs a few microseconds, so it can be
done every few physics steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from blazer.sim.mujoco.build import Built
from blazer.sim.protocol import Contact

OTHER, ALLOWED, ARM, HAND, HELD, SUPPORT = range(6)
RESTING_DEPTH_M = 0.002
"""How deep a held object may sink into what it rested on when the motion began."""

_HAND_BODIES = frozenset({"robot:hand", "robot:left_finger", "robot:right_finger"})


def _counting() -> NDArray[np.bool_]:
    table = np.zeros((6, 6), dtype=bool)
    for mover in (ARM, HAND, HELD):
        for still in (OTHER, SUPPORT):
            table[mover, still] = table[still, mover] = True
    table[ARM, ARM] = True
    for other in (HAND, HELD):
        table[ARM, other] = table[other, ARM] = True
    return table


COUNTS = _counting()
_COUNTS_LIST = COUNTS.tolist()
_FEW_CONTACTS = 24
"""Up to here a plain loop is quicker than array operations."""


class Touch:
    """The codes of all geoms for one motion or one query.

    Args:
        built: The compiled scene.
        held: Name of the held object.
        allow: Names of bodies whose contacts do not count.
        supports: Bodies that the held object rests on.
    """

    def __init__(
        self, built: Built, held: str | None, allow: frozenset[str], supports: frozenset[str] = frozenset()
    ) -> None:
        self._names = built.names
        self._geom_body = built.geom_body
        per_body = np.array([self._code(name, held, allow, supports) for name in built.names], dtype=np.int8)
        self.codes = per_body[built.geom_body]
        self._code_list = self.codes.tolist()
        self._clear = b""

    @staticmethod
    def _code(name: str, held: str | None, allow: frozenset[str], supports: frozenset[str]) -> int:
        if name == held:
            return HELD
        if name in allow:
            return ALLOWED
        if name in _HAND_BODIES:
            return HAND
        if name.startswith("robot:"):
            return ARM
        return SUPPORT if name in supports else OTHER

    def first(self, contacts: Any, margin_m: float = 0.0) -> Contact | None:
        """The deepest contact that counts, out of MuJoCo's contact list, or None."""
        if len(contacts.geom) > _FEW_CONTACTS:
            return self._first_of_many(contacts, margin_m)
        pairs = contacts.geom
        # From step to step the same geoms touch.
        if (listed := pairs.tobytes()) == self._clear:
            return None
        codes, table = self._code_list, _COUNTS_LIST
        for first, second in pairs.tolist():
            if table[codes[first]][codes[second]]:
                return self._first_of_many(contacts, margin_m)
        self._clear = listed
        return None

    def _first_of_many(self, contacts: Any, margin_m: float) -> Contact | None:
        codes = self.codes[contacts.geom]
        counting = COUNTS[codes[:, 0], codes[:, 1]]
        best: Contact | None = None
        distances = contacts.dist
        for index in np.flatnonzero(counting):
            depth = -float(distances[index])
            first, second = int(codes[index, 0]), int(codes[index, 1])
            if depth < self._least_depth(first, second, margin_m):
                continue
            if best is None or depth > best.depth_m:
                best = self._contact(contacts, int(index), depth)
        return best

    @staticmethod
    def _least_depth(first: int, second: int, margin_m: float) -> float:
        if {first, second} == {HELD, SUPPORT}:
            return RESTING_DEPTH_M
        if first in (ARM, HAND) and second in (ARM, HAND):
            return 0.0
        return -margin_m

    def _contact(self, contacts: Any, index: int, depth_m: float) -> Contact:
        names = [self._names[self._geom_body[geom]] for geom in contacts.geom[index]]
        codes = [int(self.codes[geom]) for geom in contacts.geom[index]]
        if codes[1] in (ARM, HAND, HELD) and codes[0] not in (ARM, HAND, HELD):
            names.reverse()
        x, y, z = (float(value) for value in contacts.pos[index])
        return Contact(names[0], names[1], (x, y, z), depth_m)
