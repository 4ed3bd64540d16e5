"""How the robot looks: primitives that are drawn and never touched.

Drums and rods along the published link frames, so that a person recognises the arm; what collides
is in `arm`. Own shapes, no mesh.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import mujoco

from blazer.sim.mujoco import classes

Point = tuple[float, float, float]

WHITE = (0.93, 0.94, 0.95, 1.0)
PALE = (0.80, 0.82, 0.84, 1.0)
GREY = (0.42, 0.44, 0.47, 1.0)
DARK = (0.13, 0.14, 0.16, 1.0)
BLUE = (0.25, 0.55, 0.95, 1.0)


class Look(NamedTuple):
    """One drawn primitive: a rod (rounded ends) or a drum (flat ends) between two points, or a slab
    with its centre and half extents."""

    shape: Literal["rod", "drum", "slab"]
    start: Point
    end: Point
    radius_m: float
    rgba: tuple[float, float, float, float]


LOOKS: dict[str, tuple[Look, ...]] = {
    "link0": (
        Look("slab", (-0.045, 0, 0.03), (0.105, 0.085, 0.03), 0, WHITE),
        Look("rod", (-0.10, -0.045, 0.045), (-0.10, 0.045, 0.045), 0.04, WHITE),
        Look("drum", (0, 0, 0.0), (0, 0, 0.128), 0.075, WHITE),
        Look("rod", (-0.07, 0, 0.06), (0, 0, 0.075), 0.058, WHITE),
        Look("drum", (0, 0, 0.128), (0, 0, 0.142), 0.066, DARK),
    ),
    "link1": (
        Look("drum", (0, 0, -0.191), (0, 0, -0.02), 0.070, WHITE),
        Look("rod", (0, -0.035, 0), (0, 0.02, 0), 0.067, WHITE),
        Look("drum", (0, -0.108, 0), (0, -0.03, 0), 0.060, PALE),
        Look("drum", (0, -0.112, 0), (0, -0.108, 0), 0.050, GREY),
    ),
    "link2": (
        Look("drum", (0, 0, 0.045), (0, 0, 0.052), 0.064, DARK),
        Look("rod", (0, 0, 0.03), (0, -0.03, 0.02), 0.063, WHITE),
        Look("drum", (0, -0.06, 0), (0, -0.118, 0), 0.066, WHITE),
        Look("drum", (0, 0, 0.052), (0, 0, 0.094), 0.058, PALE),
        Look("drum", (0, -0.118, 0), (0, -0.128, 0), 0.062, DARK),
        Look("rod", (0, -0.02, 0), (0, -0.08, 0), 0.0635, WHITE),
    ),
    "link3": (
        Look("drum", (0, 0, -0.188), (0, 0, -0.09), 0.063, WHITE),
        Look("rod", (0, 0, -0.09), (0.052, 0.01, -0.018), 0.060, WHITE),
        Look("drum", (0.0825, -0.02, 0), (0.0825, 0.088, 0), 0.056, WHITE),
        Look("drum", (0.0825, 0.088, 0), (0.0825, 0.093, 0), 0.046, GREY),
    ),
    "link4": (
        Look("drum", (0, 0, 0.018), (0, 0, 0.025), 0.058, DARK),
        Look("drum", (0, 0, 0.025), (0, 0, 0.088), 0.055, PALE),
        Look("rod", (0, 0, 0.035), (-0.05, 0.05, 0.01), 0.054, WHITE),
        Look("rod", (-0.05, 0.05, 0.01), (-0.0825, 0.085, 0), 0.058, WHITE),
        Look("drum", (-0.0825, 0.07, 0), (-0.0825, 0.122, 0), 0.060, WHITE),
        Look("drum", (-0.0825, 0.122, 0), (-0.0825, 0.131, 0), 0.056, DARK),
    ),
    "link5": (
        Look("drum", (0, 0, -0.253), (0, 0, -0.21), 0.058, WHITE),
        Look("rod", (0, 0.005, -0.215), (0, 0.045, -0.085), 0.054, WHITE),
        Look("rod", (0, 0.045, -0.085), (0, 0.062, -0.005), 0.046, WHITE),
        Look("drum", (0, 0.035, 0), (0, 0.103, 0), 0.046, WHITE),
        Look("drum", (0, 0.103, 0), (0, 0.107, 0), 0.036, GREY),
    ),
    "link6": (
        Look("drum", (0, 0, -0.033), (0, 0, -0.027), 0.047, DARK),
        Look("rod", (0, 0, -0.005), (0.05, 0, 0), 0.046, WHITE),
        Look("drum", (0, 0, -0.027), (0, 0, 0.045), 0.046, PALE),
        Look("rod", (0.05, 0, 0), (0.088, 0.0, 0), 0.048, WHITE),
        Look("drum", (0.088, 0.03, 0), (0.088, -0.045, 0), 0.050, WHITE),
        Look("drum", (0.088, 0.03, 0), (0.088, 0.056, 0), 0.046, PALE),
        Look("drum", (0.088, 0.056, 0), (0.088, 0.060, 0), 0.036, DARK),
        Look("drum", (0.088, 0.060, 0), (0.088, 0.061, 0), 0.014, BLUE),
    ),
    "link7": (
        Look("drum", (0, 0, 0.045), (0, 0, 0.052), 0.047, DARK),
        Look("drum", (0, 0, 0.052), (0, 0, 0.090), 0.046, WHITE),
        Look("rod", (0.03, 0.03, 0.072), (0.046, 0.046, 0.072), 0.017, WHITE),
        Look("drum", (0, 0, 0.090), (0, 0, 0.107), 0.040, GREY),
    ),
    "hand": (
        Look("drum", (0, 0, 0.0), (0, 0, 0.012), 0.032, DARK),
        Look("rod", (0, -0.082, 0.030), (0, 0.082, 0.030), 0.021, WHITE),
        Look("slab", (0, 0, 0.040), (0.0205, 0.101, 0.0135), 0, WHITE),
        Look("rod", (0, -0.035, 0.022), (0, 0.035, 0.022), 0.0235, WHITE),
        Look("slab", (0, 0, 0.0550), (0.013, 0.092, 0.0024), 0, DARK),
    ),
}


def add_looks(body: Any, link: str) -> None:
    """Draw a link on its MuJoCo body."""
    kinds = {"rod": mujoco.mjtGeom.mjGEOM_CAPSULE, "drum": mujoco.mjtGeom.mjGEOM_CYLINDER}
    seen: dict[str, Any] = {"contype": 0, "conaffinity": 0, "group": classes.SEEN, "mass": 0}
    for look in LOOKS[link]:
        if look.shape == "slab":
            body.add_geom(
                type=mujoco.mjtGeom.mjGEOM_BOX, pos=look.start, size=look.end, rgba=look.rgba, **seen
            )
            continue
        body.add_geom(
            type=kinds[look.shape],
            fromto=[*look.start, *look.end],
            size=[look.radius_m, 0, 0],
            rgba=look.rgba,
            **seen,
        )
