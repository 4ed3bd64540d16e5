"""Small scenes for the conformance battery and the simulator's tests; no task is made of them.

Cubes, a tower, a jar with a lid, a ring over a peg, a bottle with a screw cap, a case with a flap and
a drawer. Sizes are those of the tasks they stand for.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from blazer.core.records import Pose, Vec3
from blazer.sim.layout import TABLE_TOP_Z_M
from blazer.sim.scene import Body, Mechanism, Part, Scene

Rgba = tuple[float, float, float, float]
Shape = Literal["box", "cylinder", "sphere", "capsule", "ellipsoid", "hull"]

Z = TABLE_TOP_Z_M
RED = (0.85, 0.1, 0.1, 1.0)
BLUE = (0.1, 0.2, 0.85, 1.0)
GREY = (0.5, 0.5, 0.5, 1.0)
GREEN = (0.1, 0.5, 0.2, 1.0)


def pose(x: float, y: float, z: float, yaw_rad: float = 0.0) -> Pose:
    """An upright pose."""
    return Pose(position_m=(x, y, z), quat_wxyz=(math.cos(yaw_rad / 2), 0.0, 0.0, math.sin(yaw_rad / 2)))


def part(shape: Shape, size_m: Vec3, at: Vec3 = (0.0, 0.0, 0.0), rgba: Rgba = RED) -> Part:
    """One primitive, unturned."""
    return Part(shape=shape, size_m=size_m, position_m=at, rgba=rgba)


def box(name: str, at: Pose, size_m: Vec3 = (0.05, 0.05, 0.05), rgba: Rgba = RED, **options: Any) -> Body:
    """A block."""
    return Body(
        name=name, kind="block", parts=(part("box", size_m, rgba=rgba),), size_m=size_m, pose=at, **options
    )


def scene(*bodies: Body) -> Scene:
    """A scene of its own."""
    return Scene(task="sample", bodies=bodies)


def cubes(count: int = 8) -> Scene:
    """Cubes of 5 cm apart from each other, at various yaws."""
    return scene(
        *(
            box(f"block{i}", pose(0.1 + 0.12 * (i % 4), -0.2 + 0.3 * (i // 4), Z + 0.025, 0.3 * i))
            for i in range(count)
        )
    )


def tower(count: int = 4) -> Scene:
    """Cubes of 5 cm on top of each other."""
    return scene(*(box(f"block{i}", pose(0.25, 0.0, Z + 0.025 + 0.05 * i)) for i in range(count)))


def ring(name: str, at: Pose) -> Body:
    """5 x 5 x 1 cm with a hole of 3 x 3 cm, of four bars."""
    bars = (
        part("box", (0.05, 0.01, 0.01), (0, 0.02, 0)),
        part("box", (0.05, 0.01, 0.01), (0, -0.02, 0)),
        part("box", (0.01, 0.03, 0.01), (0.02, 0, 0)),
        part("box", (0.01, 0.03, 0.01), (-0.02, 0, 0)),
    )
    return Body(name=name, kind="ring", parts=bars, size_m=(0.05, 0.05, 0.01), pose=at, mass_kg=0.05)


def ring_over_peg(drop_m: float = 0.01, yaw_rad: float = 0.0) -> Scene:
    """A pillar of 2.5 x 2.5 x 12 cm on a plate, and a ring `drop_m` over its top."""
    pillar = Body(
        name="peg",
        kind="peg",
        parts=(
            part("box", (0.40, 0.10, 0.02), (0, 0, -0.06), GREY),
            part("box", (0.025, 0.025, 0.12), (0, 0, 0.01), BLUE),
        ),
        size_m=(0.40, 0.10, 0.14),
        pose=pose(0.25, 0.0, Z + 0.07, yaw_rad),
        fixed=True,
        graspable=False,
    )
    return scene(pillar, ring("ring0", pose(0.25, 0.0, Z + 0.14 + drop_m + 0.005, yaw_rad)))


def jar(name: str, at: Pose) -> Body:
    """An open jar of 9 cm with eight walls."""
    walls = []
    for i in range(8):
        angle = i * math.pi / 4
        walls.append(
            Part(
                shape="box",
                size_m=(0.006, 0.038, 0.10),
                position_m=(0.042 * math.cos(angle), 0.042 * math.sin(angle), 0.005),
                quat_wxyz=(math.cos(angle / 2), 0, 0, math.sin(angle / 2)),
                rgba=BLUE,
            )
        )
    floor = part("cylinder", (0.09, 0.09, 0.01), (0, 0, -0.05), BLUE)
    return Body(name=name, kind="jar", parts=(floor, *walls), size_m=(0.09, 0.09, 0.11), pose=at, mass_kg=0.3)


def jar_with_lid(drop_m: float = 0.01) -> Scene:
    """A jar and a flat lid `drop_m` over it."""
    wide = Body(
        name="lid0",
        kind="lid",
        parts=(part("cylinder", (0.094, 0.094, 0.02), rgba=GREY),),
        size_m=(0.094, 0.094, 0.02),
        pose=pose(0.25, 0.0, Z + 0.11 + drop_m + 0.01),
        mass_kg=0.05,
    )
    return scene(jar("jar0", pose(0.25, 0.0, Z + 0.055)), wide)


def bottle(fixed: bool = True, release_rad: float = math.radians(150)) -> Scene:
    """A bottle of 20 cm with a cap of 2.8 cm on a thread of 3 mm."""
    body = Body(
        name="bottle0",
        kind="bottle",
        parts=(
            part("cylinder", (0.075, 0.075, 0.14), (0, 0, -0.03), GREEN),
            part("cylinder", (0.026, 0.026, 0.06), (0, 0, 0.07), GREEN),
        ),
        size_m=(0.075, 0.075, 0.20),
        pose=pose(0.25, 0.0, Z + 0.10),
        mass_kg=0.8,
        fixed=fixed,
        graspable=False,
    )
    cap = Body(
        name="cap0",
        kind="cap",
        parts=(part("cylinder", (0.028, 0.028, 0.02), rgba=RED),),
        size_m=(0.028, 0.028, 0.02),
        pose=pose(0.25, 0.0, Z + 0.2105),
        mass_kg=0.02,
        mechanism=Mechanism(
            type="screw",
            owner="bottle0",
            range=(0.0, 6.0),
            friction=0.02,
            pitch_m=0.003,
            release_rad=release_rad,
        ),
    )
    return scene(body, cap)


def drawer() -> Scene:
    """A fixed case with a hinged flap on top and a block that slides out of its side."""
    case = box("case", pose(0.35, 0.2, Z + 0.05), (0.2, 0.2, 0.1), GREY, fixed=True, graspable=False)
    flap = box(
        "flap",
        pose(0.35, 0.2, Z + 0.105),
        (0.2, 0.2, 0.01),
        mechanism=Mechanism(
            type="hinge",
            owner="case",
            axis=(0, 1, 0),
            anchor_m=(0.1, 0, -0.005),
            range=(0.0, 1.5),
            friction=0.01,
        ),
    )
    slider = box(
        "slider",
        pose(0.2, 0.2, Z + 0.05),
        (0.1, 0.15, 0.05),
        mechanism=Mechanism(type="slide", owner="case", axis=(-1, 0, 0), range=(0.0, 0.1), friction=0.5),
    )
    return scene(case, flap, slider)
