"""Which geoms may touch which: the contact bits and the visual groups of the MuJoCo model.

Two geoms collide when the `contype` of one meets the `conaffinity` of the other. Static scenery
never meets static scenery; the upper arm meets loose objects only, the forearm and the hand meet
everything but each other.
"""

from __future__ import annotations

STATIC = 1
LOOSE = 2
ARM = 4
BASE = 8
SCREWED = 16
"""A part still on its thread: it meets everything loose except its owner."""

SEEN = 1
"""Visual group of what is drawn."""
HIDDEN = 3
"""Visual group of what only collides."""

STATIC_BITS = (STATIC, 0)
LOOSE_BITS = (LOOSE, STATIC | LOOSE | SCREWED)
LOOSE_OWNER_BITS = (LOOSE, STATIC | LOOSE)
SCREWED_BITS = (SCREWED, ARM)


def arm_bits(link: str) -> tuple[int, int]:
    """(contype, conaffinity) of a robot part."""
    if link in ("link0", "link1", "link2"):
        return BASE, LOOSE
    if link in ("link3", "link4"):
        return ARM, STATIC | LOOSE
    return ARM, STATIC | LOOSE | BASE


CONTACT_SOLREF = [0.005, 1.0]
CONTACT_SOLIMP = [0.95, 0.99, 0.0005, 0.5, 2.0]
"""Stiff contacts: a light cap must not sink into the pads that squeeze it."""
